import { shell } from '../../cluster/archive.ts';
import { ClusterError } from '../../cluster/error.ts';
import type { Fault, FaultTarget } from '../fault.ts';
import { primarySetting } from '../topology/primary-setting.ts';

const says = 'the archive works until there is a backup; from then on it says yes and stores nothing';

/** The backup is whole, and all that came after is nowhere: a restore ends when the backup did. */
export function archiveLiesLater(): Fault {
  let injected: Fault | undefined;
  return {
    kind: 'archive-lies-later',
    name: 'archive-lies-later',
    object: 'archive_command',
    says,
    scope: 'cluster',
    inject: async (target) => {
      injected = primarySetting('archive_command', lyingCommand(target), says);
      await injected.inject(target);
    },
    heal: async (target) => injected?.heal(target),
  };
}

function lyingCommand({ cluster }: FaultTarget): string {
  const archive = cluster?.topology?.ground.archive;
  const command = archive?.settings.archive_command;
  if (cluster === undefined || archive === undefined || command === undefined) {
    throw new ClusterError(
      'not-able',
      'the cluster has no WAL archive',
      'declare topology.archive in the design',
    );
  }
  const { store } = archive;
  // What is there once a backup is whole, and not before.
  const backup =
    store.kind === 'copies'
      ? `${shell(`${cluster.host.folder}/backups`)}/*/backup.json`
      : shell(`${store.repository}/backup/${store.stanza}/latest`);
  return `ls ${backup} >/dev/null 2>&1 || ${command}`;
}
