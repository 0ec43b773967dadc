import type { Postgres } from '../../cluster/postgres.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';

/** What dies with a server: WAL that no replica has, or that it has not even written to its own files. */
const behind = {
  unsent:
    "SELECT pg_current_wal_insert_lsn() - coalesce((SELECT max(write_lsn) FROM pg_stat_replication), '0/0') AS bytes",
  unwritten: 'SELECT pg_current_wal_insert_lsn() - pg_current_wal_lsn() AS bytes',
} as const;

const says = { unsent: 'on no replica', unwritten: 'not written' } as const;

/** More than one commit, less than a page: where commits are written and sent at once this is seldom reached. */
const enough = 4_096;
const limitMs = 1_000;

/**
 * Waits a second at most for a moment at which a disaster would take much with it, so that a loss does not hide behind luck. Gives,
 * in words, how much WAL was in danger at the end.
 */
export async function worstMoment(
  server: Postgres,
  what: keyof typeof behind,
  signal: AbortSignal,
): Promise<string> {
  const client = await server.connect({ statementMs });
  try {
    let bytes = 0;
    await until(
      async () => {
        const { rows } = await client.query<{ bytes: string }>(behind[what]);
        bytes = Number(rows[0]?.bytes ?? 0);
        return bytes >= enough;
      },
      limitMs,
      signal,
    );
    return `with ${bytes} bytes of WAL ${says[what]}`;
  } finally {
    // Nobody waits for the farewell: the moment is now.
    void client.end().catch(() => undefined);
  }
}
