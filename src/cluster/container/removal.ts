import type { Docker } from './client.ts';
import { runLabel } from './labels.ts';

/** What was removed, by kind and name. */
export type Removed = readonly string[];

/**
 * Removes the containers, volumes and networks of a run, by their label. Safe at any time, and by two at once: what is gone already
 * is fine.
 */
export async function removeRun(docker: Docker, run: string): Promise<Removed> {
  const filters = { label: [`${runLabel}=${run}`] };
  const found = await docker.listContainers({ all: true, filters });
  const removed: string[] = [];
  await Promise.all(
    found.map(async ({ Id, Names }) => {
      const name = Names[0]?.slice(1) ?? Id.slice(0, 12);
      if (await gone(() => docker.getContainer(Id).remove({ force: true, v: true })))
        removed.push(`container ${name}`);
    }),
  );
  // A removal that somebody else began is answered before it is done, and holds volume and network.
  await until(async () => (await docker.listContainers({ all: true, filters })).length === 0);
  const { Volumes: volumes } = await docker.listVolumes({ filters });
  for (const { Name } of volumes ?? []) {
    if (await gone(() => docker.getVolume(Name).remove())) removed.push(`volume ${Name}`);
  }
  for (const { Id, Name } of await docker.listNetworks({ filters })) {
    if (await gone(() => docker.getNetwork(Id).remove())) removed.push(`network ${Name}`);
  }
  return removed;
}

/** True when this call removed it; false when it was gone, or is on its way. */
async function gone(remove: () => Promise<unknown>): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await remove();
      return true;
    } catch (error) {
      const { statusCode } = error as { statusCode?: number };
      if (statusCode === 404) return false;
      // 409: in use, or a removal is under way; a container that just died lets go a moment later.
      if (statusCode !== 409 && statusCode !== 403) throw error;
      if (attempt === 50) throw error;
      await pause();
    }
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100 && !(await holds()); attempt++) await pause();
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
