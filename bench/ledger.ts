/**
 * Commits a second that the ledger keeps, direct and through PgBouncer, and how long it takes to compare them:
 * `npx jiti bench/ledger.ts [seconds] [writers …]`, 5 and 64 by default. A server as processes, durable, with what a design has around
 * its primary (TLS); the ledger on the disk of the temporary folder. Nothing is kept.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { type Cluster, startCluster } from '../src/cluster/cluster.ts';
import { compareLedger } from '../src/recovery/ledger/compare.ts';
import { prepareLedger } from '../src/recovery/ledger/schema.ts';
import { startLedger } from '../src/recovery/ledger/writers.ts';

const [seconds = 5, ...sizes] = process.argv.slice(2).map(Number);
const tenants = 4;

const cluster = await startCluster({
  on: 'auto',
  settings: { max_connections: 400, max_wal_size: '4GB' },
  throwaway: false,
  topology: {
    database: 'bench',
    wish: { replicas: 0, pooler: { mode: 'transaction', maxClients: 500, poolSize: 20, writer: 'bench' } },
  },
});
const folder = await mkdtemp(path.join(os.tmpdir(), 'pgattest-ledger-'));
try {
  await cluster.primary.createDatabase('bench');
  const client = await cluster.primary.connect();
  await client.query(`CREATE ROLE app LOGIN PASSWORD 'secret'`);
  await client.end();
  for (const writers of sizes.length === 0 ? [64] : sizes) {
    for (const [name, route] of routes(cluster)) await measure(name, route, writers);
  }
} finally {
  await cluster.close();
  await rm(folder, { recursive: true, force: true });
}

function routes({ primary, topology }: Cluster): readonly [string, pg.ClientConfig][] {
  const login = {
    user: 'app',
    password: 'secret',
    database: 'bench',
    ssl: { ca: topology?.ground.tls.ca ?? '' },
  };
  const direct: [string, pg.ClientConfig] = ['direct', { ...login, ...primary.tcp }];
  const pooler = topology?.pooler;
  return pooler === undefined ? [direct] : [direct, ['PgBouncer', { ...login, ...pooler.tcp }]];
}

async function measure(name: string, config: pg.ClientConfig, writers: number): Promise<void> {
  await prepareLedger(cluster.primary, 'bench', { role: 'app', tenants });
  const file = path.join(folder, `${name}-${writers}.jsonl`);
  const load = await startLedger({
    file,
    route: () => config,
    writers,
    tenants,
    signal: new AbortController().signal,
  });
  // The first second is warming up.
  await delay(1000);
  const [from, before, own] = [performance.now(), load.counts.acknowledged, process.cpuUsage()];
  await delay(seconds * 1000);
  const took = (performance.now() - from) / 1000;
  const commits = load.counts.acknowledged - before;
  const { user, system } = process.cpuUsage(own);
  const counts = await load.stop();
  const compared = performance.now();
  const found = await compareLedger({
    file,
    connect: () => cluster.primary.connect({ database: 'bench' }),
  });
  const comparing = (performance.now() - compared) / 1000;
  const wrong = found.lost.count + found.phantom.count + found.torn.count + found.reordered.count;
  console.log(
    `${name}, ${writers} writers: ${(commits / took).toFixed(0)} commits/s, ${((user + system) / 1e6 / took).toFixed(2)} cores of Node, ${((user + system) / commits).toFixed(0)} µs each; ${counts.sent} compared in ${comparing.toFixed(1)} s, ${wrong} wrong, ${found.invariants.filter(({ holds }) => !holds).length} invariants broken; load ${os.loadavg()[0]?.toFixed(1)}`,
  );
}
