import type pg from 'pg';
import type { ValidDesign } from '../../design/validate.ts';
import type { Seen } from '../model.ts';
import type { ExposureSeen } from '../watch-exposure.ts';

/** Milliseconds of a duration as PostgreSQL reads it: `5min`. */
export async function milliseconds(client: pg.Client, duration: string): Promise<number> {
  const { rows } = await client.query<{ ms: number }>(
    'SELECT extract(epoch FROM $1::interval)::float8 * 1000 AS ms',
    [duration],
  );
  return rows[0]?.ms ?? Number.NaN;
}

/** How much would have been lost at the worst moment, had everything but the archive been: against the design's RPO. */
export async function seeExposure(
  client: pg.Client,
  { targets }: ValidDesign,
  { largestMs, looks }: ExposureSeen,
  way: string,
): Promise<Seen> {
  const rpoMs = targets.rpo === undefined ? undefined : await milliseconds(client, targets.rpo);
  return {
    subject: 'archive',
    way,
    statement: 'SELECT pg_current_wal_insert_lsn(); find <archive>',
    expected: targets.rpo === undefined ? 'looked at; the design names no RPO' : `at most ${targets.rpo}`,
    actual: looks === 0 ? 'it was never looked at' : `${(largestMs / 1000).toFixed(1)} s, by ${looks} looks`,
    agrees: looks > 0 && (rpoMs === undefined || largestMs <= rpoMs),
    object: 'archive_command',
    tried: looks,
  };
}
