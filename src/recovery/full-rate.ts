import type { Series } from './model.ts';

/** The share of the rate before the fault from which the rate counts as full. */
export const fullShare = 0.95;

/** The rate before the fault is that of so many milliseconds: longer ago it may have been another. */
const lookBackMs = 10_000;
/** What counts as reached is the mean of a second: single points of a tenth swing by more than 5 %. */
const windowMs = 1_000;

export interface FullRate {
  /** Acknowledged commits a second before the fault. */
  readonly before: number;
  /** 95 % of it. */
  readonly needed: number;
  /** The first moment from which a whole second had that rate; undefined: it was not seen. */
  readonly at?: number;
}

/**
 * When writers were as fast as before: the first moment at or after `since` whose following second has a mean of at least 95 % of the mean
 * before the fault. Undefined where there is no rate before it to compare with.
 *
 * @param commits rates over equal times, each at the beginning of its time
 * @param steady from when the rate before the fault counts
 */
export function fullRate(
  commits: Series,
  { steady, fault, since }: { readonly steady?: number; readonly fault: number; readonly since?: number },
): FullRate | undefined {
  const points = commits.points.toSorted((one, other) => one[0] - other[0]);
  const gap = spacing(points.map(([at]) => at));
  const from = Math.max(steady ?? Number.NEGATIVE_INFINITY, fault - lookBackMs);
  // The point in whose time it broke tells of both sides.
  const calm = points.filter(([at]) => at >= from && at + gap <= fault).map(([, value]) => value);
  if (calm.length === 0) return undefined;
  const before = mean(calm);
  if (before === 0) return undefined;
  const needed = fullShare * before;
  const at = since === undefined ? undefined : firstAbove(points, since, gap, needed);
  return { before, needed, ...(at === undefined ? {} : { at }) };
}

function firstAbove(
  points: Series['points'],
  since: number,
  gap: number,
  needed: number,
): number | undefined {
  const last = points.at(-1)?.[0] ?? Number.NEGATIVE_INFINITY;
  let end = 0;
  let total = 0;
  for (const [begin, [at, value]] of points.entries()) {
    if (at + windowMs > last + gap + tolerance) return undefined;
    for (
      let next = points[end];
      next !== undefined && next[0] < at + windowMs - tolerance;
      next = points[end]
    ) {
      total += next[1];
      end++;
    }
    if (at >= since && total / (end - begin) >= needed) return at;
    total -= value;
  }
  return undefined;
}

/** Of sums of decimal fractions: a tenth of a millisecond. */
const tolerance = 0.1;

/** The usual distance of neighbours; 0 for fewer than two. */
function spacing(times: readonly number[]): number {
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  return gaps.toSorted((one, other) => one - other)[gaps.length >> 1] ?? 0;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
