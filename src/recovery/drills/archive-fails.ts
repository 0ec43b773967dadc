import { faults } from '../../faults/index.ts';
import { archiveOf, folderOf } from '../archive/archiver.ts';
import { outageDrill, throughOutage } from '../archive/outage.ts';
import { defineDrill } from '../model.ts';

/** The place of the archive is closed to the server for a while: its command fails. */
export const archiveFails = defineDrill({
  ...outageDrill,
  name: 'archive-fails',
  says: 'the folder of the archive is closed to the server for a while, so that archive_command fails: WAL waits, commits go on, and all of it is in the archive afterwards',
  counterexamples: () => [
    faults['archive-failure-swallowed'](),
    faults['primary-setting']('archive_command', 'false', 'the archive takes nothing, before or after'),
  ],
  run: (scene) =>
    throughOutage(scene, scene.cluster.primary, async () => {
      const { host } = scene.cluster;
      const folder = folderOf(archiveOf(scene));
      const mode = async (to: string) => {
        const { exitCode, stderr } = await host.exec(['chmod', to, folder]);
        if (exitCode !== 0) throw new Error(`chmod ${to} ${folder}: ${stderr.trim()}`);
      };
      await mode('000');
      return { says: 'the folder of the archive is closed', outage: { end: () => mode('700') } };
    }),
});
