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
  run: (scene) =>
    recoveredByFailover(scene, async () => {
      const { host, primary } = scene.cluster;
      const bytes = await worstMoment(primary, 'unsent', scene.signal);
      await primary.service.kill();
      await host.remove(primary.data);
      return `the primary is killed with ${bytes} bytes of WAL on no replica, and its files are removed`;
    }),
});
