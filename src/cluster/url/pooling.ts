import type pg from 'pg';
import { ClusterError } from '../error.ts';
import type { DatabaseAddress } from './address.ts';

/** `direct`: the server itself answers. `proxy`: something stands in front of it that leaves each client its session. */
export type Front = 'direct' | 'proxy';

/**
 * Tells whether a pooler answers instead of the server. A pooler gives a client a process number of its own; whether it keeps
 * sessions shows when a second client holds a transaction. Throws ClusterError when it does not.
 */
export async function frontOf(
  client: pg.Client,
  address: DatabaseAddress,
  second: () => Promise<pg.Client>,
): Promise<Front> {
  const promised = (client as pg.Client & { readonly processID: number | null }).processID;
  const first = await backendOf(client);
  if (first === promised) return 'direct';
  const other = await second();
  try {
    await other.query('BEGIN');
    const held = await backendOf(other);
    const now = await backendOf(client);
    await other.query('COMMIT');
    if (held !== first && now === first) return 'proxy';
  } catch {
    // A pooler of statements refuses transactions, and one that is full lets no second client in.
  } finally {
    await other.end().catch(() => {});
  }
  throw pooled(address);
}

/** The error for a pooler that answers where a server should. */
export function pooled({ shown }: DatabaseAddress): ClusterError {
  return new ClusterError(
    'not-able',
    `a pooler such as PgBouncer answers at ${shown}, which may give each transaction another session, and proofs need sessions of their own`,
    'give the address of the server behind it',
  );
}

async function backendOf(client: pg.Client): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
  return rows[0]?.pid;
}
