import type { Postgres } from '../../cluster/postgres.ts';
import { until } from '../../cluster/until.ts';

const limitMs = 10_000;

/**
 * Ends the statements of a role for which nobody waits any more, since their generator has ended: a server sees that its client has
 * gone only when it answers, and until then they take processors and pooled connections away from whoever comes next.
 */
export async function endLeft(primary: Postgres, role: string): Promise<void> {
  // A server that has gone has none, and the run's own figures say that it has.
  const client = await primary.connect().catch(() => undefined);
  if (client === undefined) return;
  try {
    await until(async () => {
      const { rowCount } = await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1 AND state = 'active'",
        [role],
      );
      return rowCount === 0;
    }, limitMs);
  } finally {
    await client.end();
  }
}
