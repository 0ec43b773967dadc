import type pg from 'pg';
import type { ClusterFacts } from '../cluster.ts';
import type { Abilities } from './abilities.ts';
import type { DatabaseAddress } from './address.ts';
import type { Look } from './look.ts';
import type { Front } from './pooling.ts';

/** The design's settings as the server has them. */
export async function settingsOf(
  client: pg.Client,
  designed: Readonly<Record<string, string | number>>,
): Promise<ClusterFacts['settings']> {
  const names = Object.keys(designed);
  const { rows } = await client.query<{ name: string; value: string }>(
    `SELECT name, pg_catalog.current_setting(name) AS value FROM pg_catalog.pg_settings WHERE name = ANY ($1)`,
    [names],
  );
  const here = new Map(rows.map(({ name, value }) => [name, value]));
  return Object.fromEntries(
    names.map((name) => [
      name,
      {
        design: String(designed[name]),
        here: here.get(name) ?? 'unknown',
        why: "the server is the user's own",
      },
    ]),
  );
}

/** What was met, what was allowed, what is missing. */
export function factNotes(of: {
  readonly look: Look;
  readonly front: Front;
  readonly address: DatabaseAddress;
  readonly writes: boolean;
  readonly lacking: Abilities['lacking'];
  /** The version that the design is for. */
  readonly designed: number;
}): readonly string[] {
  const { look, front, address, writes, lacking, designed } = of;
  const { superuser, copies } = lacking;
  return [
    `the user's own server: ${address.shown}`,
    writes
      ? `allowed: writes to ${address.database}, in transactions that are rolled back${copies === undefined ? ' and in copies that are dropped' : ''}`
      : 'read only: no counterexample was tried, so nothing that the database answers is proved',
    ...(superuser === undefined ? [] : [`no superuser: ${superuser}`]),
    ...(writes && copies !== undefined ? [`no copies of the database: ${copies}`] : []),
    ...(look.replica ? ['the server is a replica'] : []),
    ...(look.major === designed
      ? []
      : [`the server is PostgreSQL ${look.major}; the design is for ${designed}`]),
    ...(front === 'proxy' ? ['a proxy or pooler stands in front of the server, and keeps sessions'] : []),
    look.encrypted ? 'connections are encrypted by TLS' : 'connections are without TLS',
    'cores and memory are those of the machine that pgattest runs on',
  ];
}
