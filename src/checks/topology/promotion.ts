import type { PoolerEntry } from '../../cluster/pooler-file.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { candidatesOf, promote } from '../../cluster/promotion.ts';
import type { Replica } from '../../cluster/replica.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';
import type { CheckContext } from '../check.ts';
import { around } from './around.ts';
import { type Login, pooledClient } from './clients.ts';
import type { Heartbeat } from './heartbeat.ts';

export interface TakenOver {
  readonly promoted: Replica;
  /** When those commits were acknowledged that are lost. */
  readonly lost: readonly number[];
  /** From the wish to promote until a write; undefined: never. */
  readonly milliseconds: number | undefined;
  /** Until a client of the pooler's writer entry was served by the new primary. */
  readonly entryMilliseconds: number | undefined;
}

export interface TakeOverOptions {
  /** The one that has received most is promoted. */
  readonly candidates: readonly Replica[];
  readonly heartbeat: Heartbeat;
  readonly login: Login;
  readonly withinMs: number;
  /** Told before it is promoted: it is no replica of the primary any more. */
  readonly onChosen: (replica: Replica) => void;
}

/** Freezes the primary, promotes a candidate and turns the writer entry to it; then the primary and the entry are as before. */
export async function takeOver(
  context: CheckContext,
  { candidates, heartbeat, login, withinMs, onChosen }: TakeOverOptions,
): Promise<TakenOver> {
  const { cluster, topology } = around(context);
  const { pooler } = topology;
  const before = pooler?.entries ?? [];
  try {
    await cluster.primary.service.freeze();
    heartbeat.stop();
    const promoted = (await candidatesOf(candidates))[0]?.replica;
    if (promoted === undefined) throw new Error('nobody to promote');
    onChosen(promoted);
    const began = performance.now();
    const since = (held: boolean) => (held ? performance.now() - began : undefined);
    const { place } = promoted.server;
    const milliseconds = since(
      (await promote(promoted.server, withinMs)) && (await takesWrites(promoted.server, withinMs)),
    );
    await pooler?.change((input) => ({
      ...input,
      entries: input.entries.map((entry, index) => (index === 0 ? led(entry, place) : entry)),
    }));
    const entryMilliseconds = since(
      pooler !== undefined &&
        (await until(() => servesWrites(context, login, before[0]?.name ?? ''), withinMs)),
    );
    return { promoted, lost: await heartbeat.lostOn(promoted.server), milliseconds, entryMilliseconds };
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

async function takesWrites(server: Postgres, withinMs: number): Promise<boolean> {
  const client = await server.connect({ statementMs });
  try {
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
