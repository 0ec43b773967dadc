import { median } from 'simple-statistics';
import type { Ratio } from './model.ts';

/** Two measurements of the same thing, one after the other, in milliseconds. */
export type Pair = readonly [a: number, b: number];

/** Below it a clock says nothing. */
const leastMs = 1e-4;

/**
 * The median of the ratios a ÷ b, and the interval between two ordered ratios that holds the true median (sign test: the median lies
 * outside the k outermost with the probability of at most k-1 heads in n throws, on either side).
 *
 * @param pairs at least one
 */
export function ratioOf(pairs: readonly Pair[]): Ratio {
  const ratios = pairs
    .map(([a, b]) => Math.max(a, leastMs) / Math.max(b, leastMs))
    .sort((one, other) => one - other);
  const { rank, confidence } = medianRank(ratios.length);
  const low = ratios[rank - 1];
  const high = ratios[ratios.length - rank];
  if (low === undefined || high === undefined) throw new RangeError('no pairs');
  return {
    ratio: median(ratios),
    low,
    high,
    pairs: pairs.length,
    confidence,
    aMs: median(pairs.map(([a]) => a)),
    bMs: median(pairs.map(([, b]) => b)),
  };
}

/** The innermost rank, from 1, whose interval still has 95 %, else the whole range with what it has. */
export function medianRank(n: number): { readonly rank: number; readonly confidence: number } {
  const wanted = 0.95;
  let outside = 2 * 0.5 ** n;
  let found = { rank: 1, confidence: Math.max(0, 1 - outside) };
  let chance = 0.5 ** n;
  for (let rank = 2; rank <= n / 2; rank++) {
    chance = (chance * (n - rank + 2)) / (rank - 1);
    outside += 2 * chance;
    if (1 - outside < wanted) break;
    found = { rank, confidence: 1 - outside };
  }
  return found;
}

/** Whether the interval leaves no doubt that a is slower than b by more than noise. */
export function isSlower({ ratio, low }: Ratio, least = 1.05): boolean {
  return low > 1 && ratio >= least;
}
