import { faults } from '../../faults/index.ts';
import { archiveOf, folderOf } from '../archive/archiver.ts';
import { outageDrill, throughOutage } from '../archive/outage.ts';
import { withSmallDisk } from '../disk/full-disk.ts';
import { defineDrill } from '../model.ts';

/** Room for what the steady writers fill before the disk is full. */
const spareMegabytes = 64;

/** The disk of the archive is full: WAL piles up beside the data. */
export const diskFullArchive = defineDrill({
  ...outageDrill,
  abilities: ['small-disk'],
  name: 'disk-full-archive',
  says: 'the disk under the archive is full, so that archive_command fails: WAL waits in pg_wal, commits go on, and all of it is in the archive once there is room',
  counterexamples: () => [
    faults['archive-failure-swallowed'](),
    faults['primary-setting']('archive_command', 'false', 'the archive takes nothing, before or after'),
  ],
  run: async (scene) => {
    const { server, disk } = await withSmallDisk(scene, folderOf(archiveOf(scene)), spareMegabytes);
    return throughOutage(scene, server, async () => {
      const bytes = await disk.fill();
      return { says: `the disk under the archive is full, with ${bytes} bytes`, outage: { end: disk.free } };
    });
  },
});
