import type { TopologyWish } from '../../../cluster/topology.ts';

/** What a restore needs around the primary: the archive and the pooler. A commit then waits for this server's disk alone. */
export function withoutReplicas({ synchronous: _, ...wish }: TopologyWish): TopologyWish {
  return { ...wish, replicas: 0 };
}
