import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { launchPostgres } from '../../../src/cluster/postgres.ts';
import { until } from '../../../src/cluster/until.ts';
import type { LedgerLoad } from '../../../src/recovery/ledger/model.ts';
import { prepareLedger } from '../../../src/recovery/ledger/schema.ts';
import {
  acknowledged,
  administer,
  compare,
  database,
  login,
  startLoad,
  tenants,
  wrongs,
} from './ledger-stand.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    on: 'auto',
    settings: {},
    throwaway: false,
    topology: {
      database,
      wish: {
        replicas: 0,
        pooler: { mode: 'transaction', maxClients: 100, poolSize: 4, writer: database },
      },
    },
  });
  await cluster.primary.createDatabase(database);
  await administer(cluster.primary, `CREATE ROLE app LOGIN PASSWORD 'secret'`);
  await prepareLedger(cluster.primary, database, { role: 'app', tenants });
});
afterAll(() => cluster?.close());
beforeEach(({ skip }) => {
  if (cluster.topology?.pooler === undefined) skip('PgBouncer is not installed');
});

/** Eight writers on four connections. */
async function throughPooler(): Promise<LedgerLoad> {
  const { pooler, ground } = cluster.topology ?? {};
  if (pooler === undefined || ground === undefined) throw new Error('no pooler');
  const route = () => ({ ...login(cluster.primary), ...pooler.tcp, ssl: { ca: ground.tls.ca } });
  return startLoad(cluster.primary, { route });
}

const never = new AbortController().signal;

test('a pooler that is killed, and a server that ends behind it, lose nothing', async () => {
  const load = await throughPooler();
  await acknowledged(load, 200);
  const killed = performance.now();
  await cluster.topology?.pooler?.service.kill();
  expect(await until(() => load.counts.indeterminate + load.counts.failed >= 8, 10_000)).toBe(true);
  await cluster.topology?.pooler?.restart();
  expect(await load.goodAgain(killed, 300, 20_000, never)).toBeGreaterThan(killed);

  const ended = performance.now();
  const { primary } = cluster;
  primary.service.signal('SIGQUIT');
  await primary.service.exited;
  const { binaries, data, socketFolder, place } = primary;
  const again = await launchPostgres(cluster.host, binaries, { name: 'primary', data, socketFolder, place });
  expect(await load.goodAgain(ended, 300, 30_000, never)).toBeGreaterThan(ended);
  const counts = await load.stop();
  expect(counts.failed).toBeLessThan(counts.acknowledged);
  const comparison = await compare(again, load.file);
  expect(wrongs(comparison)).toEqual({});
  expect(comparison.counts).toEqual(counts);
});
