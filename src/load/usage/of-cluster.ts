import pg from 'pg';
import { type AnyCluster, isStarted } from '../../cluster/cluster.ts';
import { thisMachine } from '../../cluster/machine.ts';
import type { Pooler } from '../../cluster/pooler.ts';
import { connectMs } from '../../cluster/server.ts';
import type { UsageWish } from './watch.ts';

/** Watches all of a cluster that there is to see: processes and pooler where pgattest started it, else what the server says. */
export function usageOf(cluster: AnyCluster): UsageWish {
  const machine = thisMachine();
  const connect = () =>
    cluster.primary.connect({ applicationName: 'pgattest-usage', statementMs: connectMs });
  const common = { connect, platform: machine.platform };
  if (!isStarted(cluster)) return { ...common, processes: { pgattest: () => [machine.pid] } };
  const { primary, topology } = cluster;
  const pooler = topology?.pooler;
  return {
    ...common,
    processes: {
      server: () => [primary.service.pid],
      ...(topology === undefined || topology.replicas.length === 0
        ? {}
        : { replicas: () => topology.replicas.map(({ server }) => server.service.pid) }),
      ...(pooler === undefined ? {} : { pooler: () => [pooler.service.pid] }),
      pgattest: () => [machine.pid],
    },
    ...(topology === undefined || pooler === undefined
      ? {}
      : { connectConsole: () => openConsole(pooler, topology.ground.tls.ca) }),
  };
}

/** One that is kept: logging in each second would cost the pooler's one thread more than its answers do. */
async function openConsole(pooler: Pooler, ca: string): Promise<pg.Client> {
  const client = new pg.Client({
    ...pooler.tcp,
    ...pooler.console,
    ssl: { ca },
    database: 'pgbouncer',
    connectionTimeoutMillis: connectMs,
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}
