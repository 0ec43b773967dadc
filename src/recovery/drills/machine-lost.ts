import { faults } from '../../faults/index.ts';
import { recoveredByFailover } from '../controller/recovered.ts';
import { worstMoment } from '../controller/worst-moment.ts';
import { defineDrill } from '../model.ts';
import { failoverFaults, failoverLoses, fewReplicas } from './failover-terms.ts';

/** The machine of the primary is lost, with every file of it. */
export const machineLost = defineDrill({
  name: 'machine-lost',
  says: 'the primary is killed and all its files are removed; a replica is promoted, and a new server is built in its place from a copy of that',
  needs: ['superuser', 'faults', 'replicas'],
  loses: failoverLoses,
  topology: fewReplicas,
  counterexamples: (design) => [...failoverFaults(design), faults['failover-paused']()],
  run: (scene) => {
    const { host, primary } = scene.cluster;
    return recoveredByFailover(scene, {
      says: 'the primary is killed and its files are removed',
      before: () => worstMoment(primary, 'unsent', scene.signal),
      breaks: async () => {
        await primary.service.kill();
        await host.remove(primary.data);
      },
    });
  },
});
