import { until } from '../../../cluster/until.ts';
import type { Scene } from '../../model.ts';

/** Waits until so many more commits are acknowledged: the load goes on. False when they do not come in time. */
export async function moreCommits({ load, hurried, signal }: Scene, count: number): Promise<boolean> {
  const enough = load.counts.acknowledged + count;
  return until(() => load.counts.acknowledged >= enough, hurried ? 2_000 : 10_000, signal);
}
