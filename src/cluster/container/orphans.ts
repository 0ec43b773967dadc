import { existsSync } from 'node:fs';
import type { Machine } from '../machine.ts';
import type { Docker } from './client.ts';
import { folderLabel, machineLabel, runLabel } from './labels.ts';
import { type Removed, removeRun } from './removal.ts';

/**
 * Removes what belongs to runs of this machine whose folder is gone, and with it their record: a temporary folder that was emptied at
 * a reboot, say. What other machines have at the same daemon is left alone.
 */
export async function removeOrphans(docker: Docker, machine: Machine): Promise<Removed> {
  const filters = { label: [`${machineLabel}=${machine.name}`] };
  const labelled = [
    ...(await docker.listContainers({ all: true, filters })),
    ...((await docker.listVolumes({ filters })).Volumes ?? []),
    ...(await docker.listNetworks({ filters })),
  ].map(({ Labels }) => Labels ?? {});
  const runs = new Set(
    labelled.flatMap((labels) => {
      const [run, folder] = [labels[runLabel], labels[folderLabel]];
      return run === undefined || folder === undefined || existsSync(folder) ? [] : [run];
    }),
  );
  const removed: string[] = [];
  for (const run of runs) removed.push(...(await removeRun(docker, run)));
  return removed;
}
