import type { PoolerEntry } from '../../cluster/pooler-file.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import type { Replica } from '../../cluster/replica.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import type { CheckContext } from '../check.ts';
import { around } from './around.ts';
import { type Login, pooledClient } from './clients.ts';
import type { Heartbeat } from './heartbeat.ts';

export interface TakenOver {
  /** When those commits were acknowledged that are lost. */
  readonly lost: readonly number[];
  /** From the wish to promote until a write; undefined: never. */
  readonly milliseconds: number | undefined;
  /** Until a client of the pooler's writer entry was served by the new primary. */
  readonly entryMilliseconds: number | undefined;
}

/** Freezes the primary, promotes the standby and turns the writer entry to it; then everything is turned back. */
export async function takeOver(
  context: CheckContext,
  standby: Replica,
  heartbeat: Heartbeat,
  login: Login,
  withinMs: number,
): Promise<TakenOver> {
  const { cluster, topology } = around(context);
  const { pooler } = topology;
  const before = pooler?.entries ?? [];
  await cluster.primary.service.freeze();
  try {
    heartbeat.stop();
    const began = performance.now();
    const since = (held: boolean) => (held ? performance.now() - began : undefined);
    const { place } = standby.server;
    const milliseconds = since(await promote(standby.server, withinMs));
    await pooler?.change((input) => ({
      ...input,
      entries: input.entries.map((entry, index) => (index === 0 ? led(entry, place) : entry)),
    }));
    const entryMilliseconds = since(
      pooler !== undefined &&
        (await until(() => servesWrites(context, login, before[0]?.name ?? ''), withinMs)),
    );
    return { lost: await heartbeat.lostOn(standby.server), milliseconds, entryMilliseconds };
  } finally {
    // First: a pooler that fails must not leave the primary frozen.
    await cluster.primary.service.thaw();
    await pooler?.change((input) => ({ ...input, entries: before }));
  }
}

const led = (entry: PoolerEntry, { host, port }: { host: string; port: number }): PoolerEntry => ({
  ...entry,
  hosts: [host],
  port,
});

async function promote(server: Postgres, withinMs: number): Promise<boolean> {
  const client = await server.connect({ statementMs });
  try {
    await client.query('SELECT pg_promote(true, $1)', [Math.ceil(withinMs / 1000)]);
    return await until(
      () =>
        client.query("SELECT pg_logical_emit_message(true, 'pgattest', 'promoted')").then(
          () => true,
          () => false,
        ),
      withinMs,
    );
  } finally {
    await client.end();
  }
}

async function servesWrites(context: CheckContext, login: Login, entry: string): Promise<boolean> {
  const client = pooledClient(context, login, entry);
  try {
    await client.connect();
    const { rows } = await client.query<{ writes: boolean }>('SELECT NOT pg_is_in_recovery() AS writes');
    return rows[0]?.writes === true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
