import type { Cluster } from '../../cluster/cluster.ts';
import type { Pooler } from '../../cluster/pooler.ts';
import type { Topology } from '../../cluster/topology.ts';
import type { CheckContext } from '../check.ts';

/** The cluster with what stands around its primary. The runner asks for the capabilities before. */
export function around({ cluster }: CheckContext): {
  readonly cluster: Cluster;
  readonly topology: Topology;
} {
  if (cluster?.topology === undefined) throw new Error('a topology check on a primary that stands alone');
  return { cluster, topology: cluster.topology };
}

export function poolerOf(context: CheckContext): Pooler {
  const { pooler } = around(context).topology;
  if (pooler === undefined) throw new Error('a pooler check on a cluster without one');
  return pooler;
}

/** With a fault in nobody need wait as long as a slow but healthy cluster may take. */
export function patience({ stopAtFirstBreach }: CheckContext, milliseconds: number): number {
  return stopAtFirstBreach ? Math.min(milliseconds, 2_000) : milliseconds;
}
