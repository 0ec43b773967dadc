import { statSync } from 'node:fs';
import type { Variables } from '../doctor/docker-daemon.ts';
import type { Machine } from '../machine.ts';
import { containers, type Docker, daemonAtHand } from './client.ts';
import { folderLabel, machineLabel, runLabel } from './labels.ts';
import { type Removed, removeRun } from './removal.ts';

/**
 * Removes what belongs to runs of this machine whose folder is gone, and with it their record: a temporary folder that was emptied at
 * a reboot, say. What other machines have at the same daemon is left alone.
 */
export async function removeOrphans(docker: Docker, machine: Machine): Promise<Removed> {
  const filters = { label: [`${machineLabel}=${machine.identity}`] };
  const labelled = [
    ...(await docker.listContainers({ all: true, filters })),
    ...((await docker.listVolumes({ filters })).Volumes ?? []),
    ...(await docker.listNetworks({ filters })),
  ].map(({ Labels }) => Labels ?? {});
  const runs = new Set(
    labelled.flatMap((labels) => {
      const [run, folder] = [labels[runLabel], labels[folderLabel]];
      return run === undefined || folder === undefined || !isGone(folder) ? [] : [run];
    }),
  );
  const removed: string[] = [];
  for (const run of runs) removed.push(...(await removeRun(docker, run)));
  return removed;
}

/** Nothing is at hand when no daemon says within this time that it is there. */
const handMs = 1_000;

/** As `removeOrphans`, where a daemon is at hand; nothing where there is none, or it does not let this account in. */
export async function removeOrphansAtHand(machine: Machine, env: Variables): Promise<Removed> {
  try {
    await daemonAtHand(env, handMs);
  } catch {
    return [];
  }
  const { docker } = await containers();
  return removeOrphans(docker, machine);
}

/** Another account's folder cannot be looked at, which does not mean that it is gone. */
function isGone(folder: string): boolean {
  try {
    statSync(folder);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
