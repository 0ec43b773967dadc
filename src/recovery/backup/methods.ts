import type { Cluster } from '../../cluster/cluster.ts';
import { ClusterError } from '../../cluster/error.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { copies } from './copies.ts';
import type { BackupMethod } from './model.ts';
import { pgbackrest } from './pgbackrest.ts';

/**
 * Backups beside the cluster's archive, by what that is kept with. `server` says which one is backed up: the primary, unless another has
 * taken its place. Throws ClusterError `not-able` where there is no archive.
 */
export function archiveBackups(
  { host, topology, primary }: Pick<Cluster, 'host' | 'topology' | 'primary'>,
  server: () => Postgres = () => primary,
): BackupMethod {
  const archive = topology?.ground.archive;
  if (archive === undefined) {
    throw new ClusterError(
      'not-able',
      'the cluster has no WAL archive',
      'declare topology.archive in the design',
    );
  }
  const { store } = archive;
  return store.kind === 'copies'
    ? copies(host, archive, store.folder, server)
    : pgbackrest(host, archive, store.command, server);
}
