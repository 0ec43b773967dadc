import type { TopologyWish } from '../cluster/topology.ts';

/** For what concerns the primary and its archive: without replicas it starts sooner, and a commit waits for no other server. */
export function primaryAlone({ synchronous: _, ...wish }: TopologyWish): TopologyWish {
  return { ...wish, replicas: 0 };
}
