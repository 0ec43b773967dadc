import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { patroniFailover } from '../../../src/recovery/drills/patroni-failover.ts';

export const database = 'notes';

/** A primary with its pooler, as the drill wants them, an empty database and the account of its clients. For a holder, too. */
export async function drillCluster(): Promise<Cluster> {
  const wish = {
    replicas: 2,
    synchronous: 1,
    pooler: { mode: 'transaction', maxClients: 100, poolSize: 10, writer: database, reader: 'notes_ro' },
    archive: { timeout: '60s' },
  } as const;
  const cluster = await startCluster({
    on: 'auto',
    settings: { max_connections: 60 },
    throwaway: false,
    topology: { database, wish: patroniFailover.topology?.(wish) ?? wish },
  });
  await cluster.primary.createDatabase(database);
  const client = await cluster.primary.connect();
  await client.query('CREATE ROLE notes_app LOGIN').finally(() => client.end());
  return cluster;
}
