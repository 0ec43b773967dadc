import type { Postgres } from './postgres.ts';
import type { Replica } from './replica.ts';
import { statementMs } from './server.ts';

/** A replica, and how far it has received WAL, in bytes since the beginning of all WAL. */
export interface Candidate {
  readonly replica: Replica;
  readonly received: number;
}

/**
 * Those that answer, the one that has received most first: with several that may vote on a commit, one of them has it, and the one that
 * has most has all.
 * @param limitMs how long each may take to answer
 */
export async function candidatesOf(
  replicas: readonly Replica[],
  limitMs?: number,
): Promise<readonly Candidate[]> {
  const asked = await Promise.allSettled(replicas.map((replica) => received(replica, limitMs)));
  return asked
    .flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
    .toSorted((one, other) => other.received - one.received);
}

async function received(replica: Replica, limitMs: number | undefined): Promise<Candidate> {
  const client = await replica.server.connect({
    statementMs,
    ...(limitMs === undefined ? {} : { limitMs }),
  });
  try {
    // What it has replayed counts too: a server that was started again has received nothing yet.
    const { rows } = await client.query<{ received: number }>(
      `SELECT pg_wal_lsn_diff(greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn(), '0/0'), '0/0')::float8 AS received`,
    );
    return { replica, received: rows[0]?.received ?? 0 };
  } finally {
    await client.end();
  }
}

/** Makes a replica a primary. False when it was not one within the limit. */
export async function promote(server: Postgres, withinMs: number): Promise<boolean> {
  const client = await server.connect({ statementMs });
  try {
    const { rows } = await client.query<{ promoted: boolean }>('SELECT pg_promote(true, $1) AS promoted', [
      Math.ceil(withinMs / 1000),
    ]);
    return rows[0]?.promoted === true;
  } finally {
    await client.end();
  }
}
