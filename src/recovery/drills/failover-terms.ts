import type { TopologyWish } from '../../cluster/topology.ts';
import type { ValidDesign } from '../../design/validate.ts';
import type { Fault } from '../../faults/fault.ts';
import { faults } from '../../faults/index.ts';
import type { Loses } from '../model.ts';

/** A synchronous replica has what was acknowledged; any other may lack what the design's RPO allows. */
export const failoverLoses = ({ topology }: ValidDesign): Loses =>
  topology.synchronous === undefined ? 'rpo' : 'nothing';

/** One to promote and one to follow it, and as many as its commits wait for: more of them show nothing more. */
export function fewReplicas(wish: TopologyWish): TopologyWish {
  const enough = Math.max(2, (wish.synchronous ?? 0) + 1);
  return { ...wish, replicas: Math.min(wish.replicas, enough) };
}

/** For what happens in front of the primary: without replicas it starts sooner. Commits that wait for one keep as many. */
export const noReplicas = (wish: TopologyWish): TopologyWish => ({
  ...wish,
  replicas: wish.synchronous ?? 0,
});

/**
 * What makes a failover lose what it must not. Where replicas are asynchronous some loss is allowed, and none that lasts a minute would
 * be too much; but a replica that gets nothing at all bounds no loss.
 */
export const failoverFaults = ({ topology }: ValidDesign): readonly Fault[] =>
  topology.synchronous === undefined ? [faults['slot-lost']()] : [faults['commits-unsent']()];
