import { ClusterError } from '../error.ts';
import { until } from '../until.ts';
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
  const take = async (what: string, remove: () => Promise<unknown>) => {
    if (await gone(what, remove)) removed.push(what);
  };
  await Promise.all(
    found.map(({ Id, Names }) =>
      take(`container ${Names[0]?.slice(1) ?? Id.slice(0, 12)}`, () =>
        docker.getContainer(Id).remove({ force: true, v: true }),
      ),
    ),
  );
  // A removal that somebody else began is answered before it is done, and holds volume and network.
  await until(async () => (await docker.listContainers({ all: true, filters })).length === 0, 10_000);
  const [{ Volumes: volumes }, networks] = await Promise.all([
    docker.listVolumes({ filters }),
    docker.listNetworks({ filters }),
  ]);
  await Promise.all([
    ...(volumes ?? []).map(({ Name }) => take(`volume ${Name}`, () => docker.getVolume(Name).remove())),
    ...networks.map(({ Id, Name }) => take(`network ${Name}`, () => docker.getNetwork(Id).remove())),
  ]);
  return removed;
}

const attempts = 50;

/** True when this call removed it; false when it was gone, or is on its way. */
async function gone(what: string, remove: () => Promise<unknown>): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await remove();
      return true;
    } catch (error) {
      const { statusCode } = error as { statusCode?: number };
      if (statusCode === 404) return false;
      if (statusCode === undefined) throw error;
      // 409, 403: in use, or a removal is under way; a container that just died lets go a moment later. 500: a file system was busy.
      if (attempt === attempts) {
        throw new ClusterError(
          'not-able',
          `Docker does not remove the ${what}: ${(error as Error).message}`,
          'the next start or pgattest clean tries again',
          { cause: error },
        );
      }
      await pause();
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
