import type pg from 'pg';
import type { PoolerSample } from './model.ts';

/** Values of the console are texts. */
type Row = Readonly<Record<string, string>>;

interface Totals {
  readonly transactions: number;
  readonly waitMicroseconds: number;
}

/** Asks the console of PgBouncer; `undefined` the first time. */
export function poolerLook(): (client: pg.Client) => Promise<PoolerSample | undefined> {
  let before: Totals | undefined;
  return async (client) => {
    const pools = others(await show(client, 'SHOW POOLS'));
    const totals = totalsOf(others(await show(client, 'SHOW STATS')));
    const last = before;
    before = totals;
    return last === undefined ? undefined : poolerSample(pools, totals, last);
  };
}

export function poolerSample(pools: readonly Row[], now: Totals, before: Totals): PoolerSample {
  const sum = (name: string) => pools.reduce((total, pool) => total + Number(pool[name] ?? 0), 0);
  const transactions = now.transactions - before.transactions;
  const waited = Math.max(0, now.waitMicroseconds - before.waitMicroseconds) / 1000;
  return {
    clientsActive: sum('cl_active'),
    clientsWaiting: sum('cl_waiting'),
    serversActive: sum('sv_active'),
    serversIdle: pools.reduce((total, pool) => total + idle(pool), 0),
    poolsFull: pools.filter((pool) => Number(pool.cl_waiting) > 0 && idle(pool) === 0).length,
    longestWaitMilliseconds: Math.max(
      0,
      ...pools.map((pool) => 1000 * Number(pool.maxwait ?? 0) + Number(pool.maxwait_us ?? 0) / 1000),
    ),
    meanWaitMilliseconds: transactions > 0 ? waited / transactions : 0,
  };
}

function idle(pool: Row): number {
  return Number(pool.sv_idle ?? 0) + Number(pool.sv_used ?? 0);
}

function totalsOf(stats: readonly Row[]): Totals {
  const sum = (name: string) => stats.reduce((total, each) => total + Number(each[name] ?? 0), 0);
  return { transactions: sum('total_xact_count'), waitMicroseconds: sum('total_wait_time') };
}

async function show(client: pg.Client, command: string): Promise<readonly Row[]> {
  return (await client.query<Row>(command)).rows;
}

function others(rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ database }) => database !== 'pgbouncer');
}
