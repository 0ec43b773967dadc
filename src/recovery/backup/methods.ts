import type { Cluster } from '../../cluster/cluster.ts';
import { ClusterError } from '../../cluster/error.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { copies } from './copies.ts';
import type { BackupMethod } from './model.ts';
import { pgbackrest } from './pgbackrest.ts';

export interface ArchiveBackupOptions {
  /** How long the WAL of a backup may take to get into the archive. Default 30 s. */
  readonly archiveMs?: number;
}

/**
 * Backups beside the cluster's archive, by what that is kept with. `server` says which one is backed up: the primary, unless another has
 * taken its place. Throws ClusterError `not-able` where there is no archive.
 */
export function archiveBackups(
  { host, topology, primary }: Pick<Cluster, 'host' | 'topology' | 'primary'>,
  server: () => Postgres = () => primary,
  { archiveMs = 30_000 }: ArchiveBackupOptions = {},
): BackupMethod {
  const archive = topology?.ground.archive;
  if (archive === undefined) {
    throw new ClusterError(
      'not-able',
      'the cluster has no WAL archive',
      'declare topology.archive in the design',
    );
  }
  return archive.store.kind === 'copies'
    ? copies({ host, archive, folder: archive.store.folder, server, archiveMs })
    : pgbackrest({ host, archive, command: archive.store.command, server, archiveMs });
}
