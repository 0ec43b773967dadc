import type { Postgres } from '../../cluster/postgres.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import type { CheckContext } from '../check.ts';

/** Has a server replayed all that the primary has flushed now, within a time? */
export async function hasReplayed(
  { session }: CheckContext,
  server: Postgres,
  withinMs: number,
): Promise<boolean> {
  const [row] = await session.query('SELECT pg_current_wal_flush_lsn()::text AS lsn');
  const client = await server.connect({ statementMs });
  try {
    return await until(async () => {
      const { rows } = await client.query<{ there: boolean }>(
        'SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS there',
        [row?.lsn],
      );
      return rows[0]?.there === true;
    }, withinMs);
  } finally {
    await client.end();
  }
}
