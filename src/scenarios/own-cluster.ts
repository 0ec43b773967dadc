import type { On } from '../cluster/binaries.ts';
import { type Cluster, type ClusterOptions, startCluster } from '../cluster/cluster.ts';
import type { ValidDesign } from '../design/validate.ts';
import { type Stage, type StageOptions, setStage } from './stage.ts';

/** A design to try, and where; the data's times are relative to the start. */
export interface OwnClusterOptions extends Omit<StageOptions, 'now'> {
  readonly design: ValidDesign;
  readonly on: On;
}

/** A cluster to raise, and what its data is made of. */
export interface RaiseClusterOptions extends StageOptions {
  readonly design: ValidDesign;
  readonly on: On;
  readonly throwaway: boolean;
  readonly topology?: NonNullable<ClusterOptions['topology']>;
}

/**
 * Starts a cluster and sets a design's stage on it. Throws what a run would, a cluster that does not start, a design that is wrong, an
 * interruption, and leaves nothing then; otherwise the caller closes it.
 */
export async function raiseCluster(
  options: RaiseClusterOptions,
): Promise<{ readonly cluster: Cluster; readonly stage: Stage }> {
  const { design, on, throwaway, topology, signal } = options;
  const cluster = await startCluster({
    on,
    settings: design.postgres.settings,
    throwaway,
    ...(topology === undefined ? {} : { topology }),
    signal,
  });
  try {
    return { cluster, stage: await setStage(cluster, design, options) };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

/** Does work on a throwaway cluster with a design's stage, and leaves nothing, whatever happens. Throws what `raiseCluster` does. */
export async function onOwnCluster<T>(
  options: OwnClusterOptions,
  work: (cluster: Cluster, stage: Stage) => Promise<T>,
): Promise<T> {
  const { design, onEvent } = options;
  onEvent({ type: 'phase', name: 'cluster', detail: design.name });
  const { cluster, stage } = await raiseCluster({ ...options, throwaway: true, now: new Date() });
  try {
    return await work(cluster, stage);
  } finally {
    await cluster.close();
  }
}
