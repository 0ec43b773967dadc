import { ClusterError } from '../../../cluster/error.ts';
import type { Fault } from '../../../faults/fault.ts';
import { archiveBackups } from '../../backup/methods.ts';
import { backupFolder } from './backup-folder.ts';

/** A backup that is offered as whole, and lacks half of its tables: what a method would offer that looked at no end of its backups. */
export function halfABackup(): Fault {
  return {
    kind: 'half-a-backup',
    name: 'half-a-backup',
    object: 'backup',
    says: 'a backup is offered that stopped half-way',
    scope: 'cluster',
    inject: async ({ cluster }) => {
      if (cluster === undefined) return;
      const { label } = await archiveBackups(cluster).take('full');
      // pgBackRest puts small files together in bundles, perhaps all in one.
      const found = 'find "$1" -type f "(" -path "*/base/*" -o -path "*/bundle/*" ")"';
      const files = `${found} | sort | awk "NR % 2 == 1" | xargs rm -f`;
      const folder = `${backupFolder(cluster)}/${label}`;
      const { exitCode, stderr } = await cluster.host.exec(['sh', '-c', files, 'sh', folder]);
      if (exitCode !== 0) {
        throw new ClusterError('not-able', `removing files of ${folder}: ${stderr.trim()}`, '');
      }
    },
    // Whoever takes backups throws it away.
    heal: async ({ cluster }) => {
      if (cluster !== undefined) await cluster.host.remove(backupFolder(cluster));
    },
  };
}
