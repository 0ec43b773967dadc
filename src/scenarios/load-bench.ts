import type { On } from '../cluster/binaries.ts';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import type { TopologyWish } from '../cluster/topology.ts';
import type { ValidDesign } from '../design/validate.ts';
import { LoadBench } from '../load/drive/bench.ts';
import { database, type StageOptions, setStage } from './stage.ts';

/** A design to drive load at, and what it is to have around its primary; the data's times are relative to the start. */
export interface LoadBenchOptions extends Omit<StageOptions, 'now'> {
  readonly design: ValidDesign;
  readonly on: On;
  readonly wish: TopologyWish;
}

/**
 * Starts a cluster that flushes, sets a design's stage on it, opens a bench, does work, and leaves nothing, whatever happens. Throws what a run
 * would: a cluster that does not start, a design that is wrong, k6 that cannot be built, an interruption.
 */
export async function withLoadBench<T>(
  options: LoadBenchOptions,
  work: (bench: LoadBench, cluster: Cluster) => Promise<T>,
): Promise<T> {
  const { design, on, wish, seed, scale, signal, onEvent } = options;
  const cluster = await startCluster({
    on,
    settings: design.postgres.settings,
    throwaway: false,
    topology: { wish, database },
    onProgress: (detail) => onEvent({ type: 'phase', name: 'cluster', detail }),
    signal,
  });
  try {
    const filled = { seed, scale, now: new Date() };
    const stage = await setStage(cluster, design, { ...options, now: filled.now });
    const bench = await LoadBench.open({
      cluster,
      design,
      database: stage.database,
      filled,
      signal,
      progress: (detail) => onEvent({ type: 'phase', name: 'load', detail }),
    });
    try {
      return await work(bench, cluster);
    } finally {
      await bench.close();
    }
  } finally {
    await cluster.close();
  }
}
