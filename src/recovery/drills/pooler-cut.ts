import { faults } from '../../faults/index.ts';
import { defineDrill } from '../model.ts';
import { cut, noticeSoon, seeCaughtUp } from './cut.ts';
import { noReplicas } from './failover-terms.ts';

/** The network between the pooler and the primary is cut, too short for anybody to fail over. */
export const poolerCut = defineDrill({
  name: 'pooler-cut',
  says: 'the primary is cut off the network of its pooler (and of its replicas) for some seconds: afterwards clients of the pooler go on, and nothing that was acknowledged is lost',
  needs: ['superuser', 'faults', 'pooler'],
  abilities: ['cut-off'],
  loses: 'nothing',
  topology: noReplicas,
  counterexamples: () => [faults['pooler-value']('server_login_retry', '600')],
  run: async (scene) => {
    const { cluster, database } = scene;
    await noticeSoon(scene);
    await cut(scene, 'the primary is cut off the network', [cluster.primary.service]);
    return { server: cluster.primary, database, serving: true, seen: await seeCaughtUp(scene) };
  },
});
