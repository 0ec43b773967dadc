import { until } from '../../cluster/until.ts';
import { primaryAlone } from '../alone.ts';
import type { Drill, Recovered, Scene } from '../model.ts';
import { whileStopped } from '../while-stopped.ts';
import { ontoSmallDisk, type SmallDisk } from './small-disk.ts';

/** What all drills have in common in which a disk of the primary is full. */
export const fullDiskDrill = {
  needs: ['superuser', 'faults'],
  abilities: ['small-disk'],
  loses: 'nothing',
  topology: primaryAlone,
} as const satisfies Partial<Drill>;

const MB = 1024 ** 2;
const steadyMs = 20_000;
const steadyForMs = 1_000;

export interface Prepared {
  readonly server: Recovered['server'];
  readonly disk: SmallDisk;
}

/**
 * Before anything breaks: a folder of the primary comes onto a disk of its own, for which the primary is stopped and started, and the
 * writers are at work again.
 */
export async function withSmallDisk(scene: Scene, folder: string, spareMegabytes: number): Promise<Prepared> {
  const { cluster, load, signal } = scene;
  scene.progress(`${folder} comes onto a disk of its own`);
  let disk: SmallDisk | undefined;
  const server = await whileStopped(
    cluster.host,
    cluster.primary,
    async () => {
      disk = await ontoSmallDisk(cluster.host, folder, spareMegabytes * MB);
    },
    { signal },
  );
  if (disk === undefined) throw new Error('no small disk');
  const steady = await load.goodAgain(performance.now(), steadyForMs, steadyMs, signal);
  if (steady === undefined)
    throw new Error(`no steady writes ${steadyMs} ms after the primary was started again`);
  return { server, disk };
}

/** Waits until the writers get nothing acknowledged any more: for so long. */
export async function writersStopped(
  { load, signal }: Scene,
  forMs: number,
  limitMs: number,
): Promise<boolean> {
  return until(() => performance.now() - (load.lastAcknowledged ?? 0) > forMs, limitMs, signal);
}
