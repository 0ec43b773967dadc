import { faults } from '../../faults/index.ts';
import { recoveredByFailover } from '../controller/recovered.ts';
import { worstMoment } from '../controller/worst-moment.ts';
import { defineDrill } from '../model.ts';
import { failoverFaults, failoverLoses, fewReplicas } from './failover-terms.ts';

/** The primary dies, as by a power cut, and stays dead until a replica has taken its place. */
export const primaryKilled = defineDrill({
  name: 'primary-killed',
  says: 'the primary is killed (SIGKILL of all its processes); a controller promotes the replica that has received most and leads the writers there; the old primary joins it as a replica',
  needs: ['superuser', 'faults', 'replicas'],
  loses: failoverLoses,
  topology: fewReplicas,
  counterexamples: (design) => [...failoverFaults(design), faults['failover-paused']()],
  run: (scene) => {
    const { primary } = scene.cluster;
    return recoveredByFailover(scene, {
      says: 'the primary is killed',
      before: () => worstMoment(primary, 'unsent', scene.signal),
      breaks: () => primary.service.kill(),
    });
  },
});
