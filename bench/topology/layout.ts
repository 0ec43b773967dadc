import type { TopologyWish } from '../../src/cluster/topology.ts';

export const layout = 'a primary, 2 replicas, PgBouncer and an archive';

export const wish: TopologyWish = {
  replicas: 2,
  pooler: { mode: 'transaction', maxClients: 1000, poolSize: 20, writer: 'bench', reader: 'bench_ro' },
  archive: { timeout: '60s' },
};
