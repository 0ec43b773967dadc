import { archiveBackups } from '../../backup/methods.ts';
import type { BackupMethod } from '../../backup/model.ts';
import type { Scene } from '../../model.ts';

/** Backups of the scene's primary, beside its archive. With a counterexample in, their WAL need not be waited for as long. */
export function backupsOf({ cluster, hurried }: Scene): BackupMethod {
  return archiveBackups(cluster, undefined, hurried ? { archiveMs: 5_000 } : {});
}
