import type { TopologyWish } from '../../cluster/topology.ts';
import type { ValidDesign } from '../../design/validate.ts';
import { faults } from '../../faults/index.ts';
import { defineDrill, type Seen } from '../model.ts';
import { type Cut, cut, noticeSoon, seeCaughtUp } from './cut.ts';

/** As many as its commits wait for, or one: all of them are cut off. */
const asMany = (wish: TopologyWish): TopologyWish => ({
  ...wish,
  replicas: Math.min(wish.replicas, Math.max(1, wish.synchronous ?? 0)),
});

/** The network between the primary and its replicas is cut. */
export const replicaCut = defineDrill({
  name: 'replica-cut',
  says: 'the replicas are cut off the network for some seconds: commits that wait for one hang meanwhile, others go on; afterwards the replicas catch up by themselves',
  needs: ['superuser', 'faults', 'replicas'],
  abilities: ['cut-off'],
  loses: 'nothing',
  topology: asMany,
  counterexamples: ({ topology }) => [
    topology.synchronous === undefined
      ? faults['slot-lost']()
      : faults['primary-setting'](
          'synchronous_standby_names',
          '',
          'commits are acknowledged though no replica has them',
        ),
  ],
  run: async (scene) => {
    const { cluster, topology, database, design } = scene;
    await noticeSoon(scene);
    const services = topology.replicas.map(({ server }) => server.service);
    const meanwhile = seenMeanwhile(
      design,
      await cut(scene, 'the replicas are cut off the network', services),
    );
    const caughtUp = await seeCaughtUp(scene);
    return { server: cluster.primary, database, serving: true, seen: [meanwhile, ...caughtUp] };
  },
});

function seenMeanwhile({ topology }: ValidDesign, { acknowledged }: Cut): Seen {
  const waits = topology.synchronous !== undefined;
  return {
    subject: 'commits',
    way: 'while no replica can be reached',
    statement: 'the ledger',
    expected: waits ? 'none is acknowledged: each waits for a replica' : 'they go on',
    actual: `${acknowledged} acknowledged`,
    agrees: waits ? acknowledged === 0 : acknowledged > 0,
    object: waits ? 'synchronous_standby_names' : 'primary',
  };
}
