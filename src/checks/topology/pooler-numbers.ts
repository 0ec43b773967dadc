import type { Pooler } from '../../cluster/pooler.ts';

/** `SHOW CONFIG`: what the pooler runs with. */
export async function poolerConfig(pooler: Pooler): Promise<ReadonlyMap<string, string>> {
  return new Map((await pooler.ask('SHOW CONFIG')).map((row) => [String(row.key), String(row.value)]));
}

export interface PoolerNumbers {
  /** Clients that are connected, of all entries. */
  readonly clients: number;
  /** Of the entry: clients that wait for a connection. */
  readonly waiting: number;
  /** How long the first in the queue has waited, in milliseconds. */
  readonly longestWaitMs: number;
}

/** `SHOW LISTS` and `SHOW POOLS`, as they are now. */
export async function poolerNumbers(pooler: Pooler, entry: string): Promise<PoolerNumbers> {
  const lists = new Map((await pooler.ask('SHOW LISTS')).map((row) => [String(row.list), Number(row.items)]));
  const pools = (await pooler.ask('SHOW POOLS')).filter((row) => row.database === entry);
  const sum = (pattern: RegExp) =>
    pools.reduce(
      (total, row) =>
        total +
        Object.entries(row).reduce((all, [key, value]) => all + (pattern.test(key) ? Number(value) : 0), 0),
      0,
    );
  return {
    clients: lists.get('used_clients') ?? 0,
    waiting: sum(/^cl_waiting$/),
    longestWaitMs: sum(/^maxwait$/) * 1000 + Math.round(sum(/^maxwait_us$/) / 1000),
  };
}

export interface PoolerTotals {
  readonly transactions: number;
  readonly queries: number;
  readonly waitedMs: number;
}

/** `SHOW STATS_TOTALS` of an entry since the pooler started. */
export async function poolerTotals(pooler: Pooler, entry: string): Promise<PoolerTotals> {
  const row = (await pooler.ask('SHOW STATS_TOTALS')).find((each) => each.database === entry) ?? {};
  const of = (...names: string[]) =>
    Number(names.map((name) => row[name]).find((value) => value != null) ?? 0);
  return {
    transactions: of('xact_count', 'total_xact_count'),
    queries: of('query_count', 'total_query_count'),
    waitedMs: of('wait_time', 'total_wait_time') / 1000,
  };
}

/** Why this machine does not let the pooler have so many clients; undefined when it does. */
export async function tooFewHandles(pooler: Pooler, clients: number): Promise<string | undefined> {
  const said = [...(await pooler.service.log()).matchAll(/file descriptor limit: (\d+)/g)].at(-1)?.[1];
  // Some for its servers, its log and its sockets.
  if (said === undefined || Number(said) >= clients + 150) return undefined;
  return `the pooler may open ${said} files here, too few for ${clients} clients: raise ulimit -Hn`;
}
