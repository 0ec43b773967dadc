import type pg from 'pg';
import { joinFill } from './ledger.ts';

/** Opens a connection of the superuser's to the database; it must live until it is ended. */
export type Connect = () => Promise<pg.Client>;

export interface Sessions {
  readonly clients: readonly pg.Client[];
  /** Ends them; those that are at work in the server are ended there. */
  close(): Promise<void>;
}

// A step that was not told to be done is done again, and a range is in with its mark or not at all: nothing hangs on the last commits.
// Each session makes an index by itself, since several are at work.
const prepare = `
  SET synchronous_commit = off; SET lock_timeout = '60s'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0;
  SET max_parallel_maintenance_workers = 0;
  SELECT set_config('maintenance_work_mem', greatest(setting::bigint, 262144)::text, false) FROM pg_settings WHERE name = 'maintenance_work_mem'`;

/** Opens `count` sessions for loading and for making indexes. */
export async function openSessions(connect: Connect, count: number): Promise<Sessions> {
  const clients: pg.Client[] = [];
  const pids: number[] = [];
  const close = async () => {
    await Promise.allSettled(clients.map((client) => client.end()));
    await endBackends(connect, pids).catch(() => {});
  };
  try {
    for (let n = 0; n < count; n++) {
      const client = await connect();
      clients.push(client);
      await client.query(prepare);
      await client.query(joinFill);
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      if (rows[0] !== undefined) pids.push(rows[0].pid);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { clients, close };
}

/** A server goes on with a statement whose client has gone: it would hold its locks until it is through. */
async function endBackends(connect: Connect, pids: readonly number[]): Promise<void> {
  const client = await connect();
  try {
    await client.query(
      `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE pid = ANY ($1) AND state <> 'idle'`,
      [pids],
    );
  } finally {
    await client.end();
  }
}

/**
 * Shares tasks out among clients, each taking the next when it is free. The first failure ends it: what is being done elsewhere
 * is done first. Aborted, every client is ended, and the reason thrown.
 */
export async function shareAmong<T>(
  clients: readonly pg.Client[],
  tasks: readonly T[],
  signal: AbortSignal | undefined,
  work: (client: pg.Client, task: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const hangUp = () => {
    for (const client of clients) void client.end().catch(() => {});
  };
  signal?.throwIfAborted();
  signal?.addEventListener('abort', hangUp, { once: true });
  try {
    await Promise.all(
      clients.map(async (client) => {
        for (let at = next++; at < tasks.length && failure === undefined; at = next++) {
          try {
            await work(client, tasks[at] as T);
          } catch (error) {
            failure ??= { error };
          }
        }
      }),
    );
  } finally {
    signal?.removeEventListener('abort', hangUp);
  }
  signal?.throwIfAborted();
  if (failure !== undefined) throw failure.error;
}
