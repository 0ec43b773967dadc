import type { Postgres } from '../../../cluster/postgres.ts';
import { archiveBackups } from '../../backup/methods.ts';
import type { BackupMethod } from '../../backup/model.ts';
import type { Scene } from '../../model.ts';

/** Backups beside the archive of the scene: of its primary, or of the server that has taken its place. */
export function backupsOf({ cluster }: Scene, server: Postgres = cluster.primary): BackupMethod {
  return archiveBackups(cluster, { server: () => server });
}
