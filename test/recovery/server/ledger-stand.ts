import path from 'node:path';
import type pg from 'pg';
import { onTestFinished } from 'vitest';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import type { Postgres } from '../../../src/cluster/postgres.ts';
import { until } from '../../../src/cluster/until.ts';
import { compareLedger } from '../../../src/recovery/ledger/compare.ts';
import type { LedgerComparison, LedgerLoad } from '../../../src/recovery/ledger/model.ts';
import { prepareLedger } from '../../../src/recovery/ledger/schema.ts';
import { type LedgerOptions, startLedger } from '../../../src/recovery/ledger/writers.ts';
import { scratchFolder } from '../../cluster/support.ts';

export const database = 'ledger';
export const tenants = 3;

/** A server that outlives a crash, with the ledger's tables, and a login that may post. */
export async function ledgerCluster(settings: Record<string, string> = {}): Promise<Cluster> {
  const cluster = await startCluster({ on: 'auto', settings, throwaway: false });
  try {
    await cluster.primary.createDatabase(database);
    await administer(cluster.primary, `CREATE ROLE app LOGIN PASSWORD 'secret'`);
    await prepareLedger(cluster.primary, database, { role: 'app', tenants });
    return cluster;
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

export const login = (server: Postgres, of = database): pg.ClientConfig => ({
  ...server.tcp,
  user: 'app',
  password: 'secret',
  database: of,
  ssl: false,
});

export async function administer(server: Postgres, sql: string, of = 'postgres'): Promise<void> {
  const client = await server.connect({ database: of });
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** Writers at work, which end with the test at the latest. */
export async function startLoad(server: Postgres, options: Partial<LedgerOptions> = {}): Promise<LedgerLoad> {
  const load = await startLedger({
    file: path.join(scratchFolder(), 'ledger.jsonl'),
    route: () => login(server),
    writers: 8,
    tenants,
    signal: new AbortController().signal,
    ...options,
  });
  onTestFinished(() => load.stop().then(noop, noop));
  return load;
}

const noop = () => {};

export async function acknowledged(load: LedgerLoad, more: number): Promise<void> {
  const from = load.counts.acknowledged;
  const came = await until(() => load.counts.acknowledged >= from + more, 30_000);
  if (!came) throw new Error(`${load.counts.acknowledged - from} commits in 30 s, not ${more}`);
}

export function compare(
  server: Postgres,
  file: string,
  more: { of?: string } & Partial<Parameters<typeof compareLedger>[0]> = {},
): Promise<LedgerComparison> {
  const { of = database, ...rest } = more;
  return compareLedger({ file, connect: () => server.connect({ database: of }), ...rest });
}

/** What is wrong, by kind: counts, and the invariants that do not hold. */
export function wrongs(comparison: LedgerComparison): Record<string, unknown> {
  const { lost, phantom, duplicate, reordered, torn, invariants } = comparison;
  const counts = Object.entries({ lost, phantom, duplicate, reordered, torn })
    .filter(([, { count }]) => count > 0)
    .map(([name, { count }]) => [name, count]);
  const broken = invariants.filter(({ holds }) => !holds).map(({ says }) => says);
  return { ...Object.fromEntries(counts), ...(broken.length === 0 ? {} : { broken }) };
}
