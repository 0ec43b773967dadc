import type { On } from '../cluster/binaries.ts';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import type { ValidDesign } from '../design/validate.ts';
import { type Stage, type StageOptions, setStage } from './stage.ts';

/** A design to try, and where; the data's times are relative to the start. */
export interface OwnClusterOptions extends Omit<StageOptions, 'now'> {
  readonly design: ValidDesign;
  readonly on: On;
}

/**
 * Starts a throwaway cluster, sets a design's stage on it, does work, and leaves nothing, whatever happens. Throws what a run
 * would: a cluster that does not start, a design that is wrong, an interruption.
 */
export async function onOwnCluster<T>(
  options: OwnClusterOptions,
  work: (cluster: Cluster, stage: Stage) => Promise<T>,
): Promise<T> {
  const { design, on, signal, onEvent } = options;
  onEvent({ type: 'phase', name: 'cluster', detail: design.name });
  const cluster = await startCluster({
    on,
    settings: design.postgres.settings,
    throwaway: true,
    signal,
  });
  try {
    return await work(cluster, await setStage(cluster, design, { ...options, now: new Date() }));
  } finally {
    await cluster.close();
  }
}
