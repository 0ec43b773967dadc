import pg from 'pg';
import { until } from '../../cluster/until.ts';
import type { Scene } from '../model.ts';

const silentMs = 10_000;

export interface Silence {
  /** The segment in which the last commit lies. */
  readonly open: string;
  end(): Promise<void>;
}

/**
 * The application falls silent: its database lets nobody in, and who is in is thrown out. Back when nothing is written any more.
 * @param client in another database
 */
export async function fallSilent({ database, design, signal }: Scene, client: pg.Client): Promise<Silence> {
  const admit = (allowed: boolean) =>
    client.query(`ALTER DATABASE ${pg.escapeIdentifier(database)} WITH ALLOW_CONNECTIONS ${allowed}`);
  await admit(false);
  let before = '';
  let open = '';
  const quiet = await until(
    async () => {
      // One that was let in just before is thrown out the next time.
      await client.query(throwOutSql, [database, design.request.role]);
      const { rows } = await client.query<{ at: string; segment: string }>(stateSql);
      const row = rows[0];
      const same = row !== undefined && row.at === before && row.at.endsWith(' 0');
      before = row?.at ?? '';
      open = row?.segment ?? '';
      return same;
    },
    silentMs,
    signal,
  );
  if (!quiet) throw new Error(`somebody writes on, ${silentMs} ms after the application fell silent`);
  return { open, end: async () => void (await admit(true)) };
}

const throwOutSql =
  'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND usename = $2';

/** The same twice, with nobody under way: there was no commit in between. */
const stateSql = `SELECT concat_ws(' ', pg_snapshot_xmax(s), (SELECT count(*) FROM pg_snapshot_xip(s))) AS at,
  pg_walfile_name(pg_current_wal_insert_lsn()) AS segment FROM pg_current_snapshot() s`;
