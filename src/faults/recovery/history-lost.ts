import { ClusterError } from '../../cluster/error.ts';
import type { Fault } from '../fault.ts';

/**
 * A server that takes the primary's place loses the history of its time line on the way to the archive. Whoever restores "to the
 * latest" finds none, and follows the old one without a word.
 */
export function historyLost(): Fault {
  let heal = () => {};
  return {
    kind: 'history-lost',
    name: 'history-lost',
    object: 'archive_command',
    says: 'servers that take the place of the primary say that the history of their time line is archived, and store none',
    scope: 'cluster',
    inject: async ({ cluster }) => {
      const archive = cluster?.topology?.ground.archive;
      if (archive === undefined) {
        throw new ClusterError(
          'not-able',
          'the cluster has no WAL archive',
          'declare topology.archive in the design',
        );
      }
      const { settingsFor } = archive;
      archive.settingsFor = (data) => {
        const settings = settingsFor(data);
        return {
          ...settings,
          archive_command: `case "%f" in *.history) exit 0;; esac; ${settings.archive_command}`,
        };
      };
      heal = () => {
        archive.settingsFor = settingsFor;
      };
    },
    heal: async () => heal(),
  };
}
