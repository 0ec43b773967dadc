import type pg from 'pg';
import { quantileSorted } from 'simple-statistics';
import type { PoolerCost } from './model.ts';
import type { Probe } from './probe.ts';

/** Two ways to the same database, as the request role. */
export interface PoolerWays {
  /** As it says itself: `1.24.1`. */
  readonly version: string;
  readonly direct: () => Promise<pg.Client>;
  readonly pooled: () => Promise<pg.Client>;
}

/** Transactions each way; two hundred hold a 99th percentile that is not the slowest of all. */
const calls = 200;

/**
 * Plays a statement directly and through the pooler, in turn, each in a transaction that is rolled back, and compares what a client
 * waits for the statement alone.
 */
export async function poolerCost(
  direct: pg.Client,
  pooled: pg.Client,
  probe: Probe,
  { prepared, signal }: { readonly prepared: boolean; readonly signal: AbortSignal },
): Promise<PoolerCost> {
  const times: Record<'direct' | 'pooled', number[]> = { direct: [], pooled: [] };
  const warmUp = 10;
  for (let round = -warmUp; round < calls; round++) {
    signal.throwIfAborted();
    const order = round % 2 === 0 ? (['direct', 'pooled'] as const) : (['pooled', 'direct'] as const);
    for (const way of order) {
      const took = await play(way === 'direct' ? direct : pooled, probe, prepared);
      if (round >= 0) times[way].push(took);
    }
  }
  const at = (way: 'direct' | 'pooled', share: number) =>
    quantileSorted(
      [...times[way]].sort((a, b) => a - b),
      share,
    );
  const [directP50Ms, directP99Ms] = [at('direct', 0.5), at('direct', 0.99)];
  const [pooledP50Ms, pooledP99Ms] = [at('pooled', 0.5), at('pooled', 0.99)];
  return {
    calls,
    prepared,
    directP50Ms,
    directP99Ms,
    pooledP50Ms,
    pooledP99Ms,
    p50: pooledP50Ms / directP50Ms,
    p99: pooledP99Ms / directP99Ms,
  };
}

async function play(
  client: pg.Client,
  { sql, values, settings, before, statement }: Probe,
  prepared: boolean,
): Promise<number> {
  await client.query('BEGIN');
  try {
    for (const [name, value] of Object.entries(settings))
      await client.query('SELECT pg_catalog.set_config($1, $2, true)', [name, value]);
    for (const call of before) await client.query(call.sql, [...call.values]);
    const began = performance.now();
    await client.query({
      text: sql,
      values: [...values],
      ...(prepared ? { name: preparedName(statement) } : {}),
    });
    return performance.now() - began;
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Names of prepared statements are cut at 63 bytes; those of statements may be longer, or any letters. */
function preparedName(statement: string): string {
  return `why_${Buffer.from(statement).toString('hex').slice(0, 56)}`;
}

/** Whether prepared statements outlive a transaction on the way through the pooler: from PgBouncer 1.21 on, if it is told to. */
export async function keepsPrepared(pooled: () => Promise<pg.Client>): Promise<boolean> {
  const clients = await Promise.all([pooled(), pooled()]);
  try {
    for (let round = 0; round < 3; round++) {
      for (const client of clients) await client.query({ name: 'why_kept', text: 'SELECT 1', values: [] });
    }
    return true;
  } catch {
    return false;
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
  }
}
