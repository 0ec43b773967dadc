import { faults } from '../../faults/index.ts';
import { OldRoute } from '../controller/old-route.ts';
import { recoveredByFailover } from '../controller/recovered.ts';
import { defineDrill } from '../model.ts';
import { failoverLoses, fewReplicas } from './failover-terms.ts';

/** The primary stands still, is replaced, and goes on as if nothing had been: two primaries, unless it was fenced. */
export const primaryFrozen = defineDrill({
  name: 'primary-frozen',
  says: 'the primary is frozen (SIGSTOP of all its processes) and replaced; when it may go on it acknowledges nothing any more, to clients that were connected to it or come to it',
  needs: ['superuser', 'faults', 'replicas'],
  abilities: ['freeze'],
  loses: failoverLoses,
  topology: fewReplicas,
  counterexamples: () => [faults['fence-missing'](), faults['failover-paused']()],
  run: async (scene) => {
    const { service } = scene.cluster.primary;
    const old = await OldRoute.open(scene);
    try {
      return await recoveredByFailover(
        scene,
        { says: 'the primary is frozen', breaks: () => service.freeze() },
        () =>
          old.see(async () => {
            await service.thaw();
            scene.timeline.mark('healed', 'the old primary may go on');
          }),
      );
    } finally {
      // Also where nobody took its place: it must not stay frozen.
      await service.thaw();
      await old.close();
    }
  },
});
