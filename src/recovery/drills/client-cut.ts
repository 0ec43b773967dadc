import { faults } from '../../faults/index.ts';
import { defineDrill } from '../model.ts';
import { cut, nothingMeanwhile, noticeSoon, seeCaughtUp } from './cut.ts';
import { noReplicas } from './failover-terms.ts';

/** The network in front of what clients connect to is cut. */
export const clientCut = defineDrill({
  name: 'client-cut',
  says: 'what clients connect to, the pooler or else the primary, is cut off the network for some seconds: afterwards they connect again, and nothing that was acknowledged is lost',
  needs: ['superuser', 'faults'],
  abilities: ['cut-off'],
  loses: 'nothing',
  topology: noReplicas,
  counterexamples: ({ request }) => [faults['login-withdrawn'](request.role)],
  run: async (scene) => {
    const { cluster, topology, database } = scene;
    const entrance = topology.pooler ?? cluster.primary;
    const name = topology.pooler === undefined ? 'the primary' : 'the pooler';
    await noticeSoon(scene);
    const meanwhile = nothingMeanwhile(
      await cut(scene, `${name} is cut off the network`, [entrance.service]),
    );
    return {
      server: cluster.primary,
      database,
      serving: true,
      seen: [meanwhile, ...(await seeCaughtUp(scene))],
    };
  },
});
