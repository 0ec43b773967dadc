import type { Cluster } from '../../../cluster/cluster.ts';
import { ClusterError } from '../../../cluster/error.ts';

/** Where the backups beside a cluster's archive lie, each in a folder of its own. */
export function backupFolder({ host, topology }: Pick<Cluster, 'host' | 'topology'>): string {
  const store = topology?.ground.archive?.store;
  if (store === undefined) {
    throw new ClusterError(
      'not-able',
      'the cluster has no WAL archive',
      'declare topology.archive in the design',
    );
  }
  return store.kind === 'copies' ? `${host.folder}/backups` : `${store.repository}/backup/${store.stanza}`;
}
