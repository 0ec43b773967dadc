import { faults } from '../../faults/index.ts';
import { OldRoute } from '../controller/old-route.ts';
import { recoveredByFailover } from '../controller/recovered.ts';
import { defineDrill } from '../model.ts';
import { failoverLoses, fewReplicas } from './failover-terms.ts';

/** The primary runs on, and nobody reaches it: it is replaced, and when the network is whole again there must not be two. */
export const poolerCut = defineDrill({
  name: 'pooler-cut',
  says: 'the primary is cut off the network of the pooler, the replicas and the controller, and replaced; when the network is whole again it acknowledges nothing any more',
  needs: ['superuser', 'faults', 'replicas'],
  abilities: ['cut-off'],
  loses: failoverLoses,
  topology: fewReplicas,
  counterexamples: () => [faults['fence-missing'](), faults['failover-paused']()],
  run: async (scene) => {
    const { service } = scene.cluster.primary;
    const old = await OldRoute.open(scene);
    let heal: (() => Promise<void>) | undefined;
    let fenced = false;
    const whole = async () => {
      const connect = heal;
      heal = undefined;
      // A container that was killed is gone, and with it what could be connected again.
      await connect?.().catch((error: unknown) => {
        if (!fenced) throw error;
      });
      scene.timeline.mark('healed', 'the network is whole again');
    };
    try {
      return await recoveredByFailover(
        scene,
        {
          says: 'the primary is cut off the network',
          breaks: async () => {
            heal = await service.cutOff();
          },
        },
        (outcome) => {
          fenced = outcome.fenced;
          return old.see(whole);
        },
      );
    } finally {
      await whole();
      await old.close();
    }
  },
});
