import { expandedInterval } from './interval.ts';
import type { Component, Estimate, Point } from './model.ts';
import { drawFrom, randomOf } from './random.ts';
import type { BootstrapOptions } from './uncertain-usl.ts';

/** Processor seconds of one component for a statement: cores in use ÷ statements a second. */
export interface Cost {
  readonly component: Component;
  /** Of a read and of a write; the same where the points' shares of reads are too alike to tell them apart. */
  readonly read: number;
  readonly write: number;
  readonly apart: boolean;
  readonly points: readonly Point[];
  readonly freedom: number;
  readonly resampled: readonly CostPair[];
}

export interface CostPair {
  readonly read: number;
  readonly write: number;
}

/** Shares of reads must differ by so much before costs of reads and writes are told apart. */
const tellingSpread = 0.2;

/**
 * Costs by the utilisation law U = X·D (P. J. Denning and J. P. Buzen, The Operational Analysis of Queueing Network Models, 1978): cores in use
 * are statements a second times the cost of one. The mean over points, or, where shares of reads differ, a straight line over the share;
 * intervals by drawing points. Undefined where no point has the component.
 */
export function fitCost(
  component: Component,
  points: readonly Point[],
  { resamples = 999, seed = 1 }: BootstrapOptions = {},
): Cost | undefined {
  const with_ = points.filter((point) => point.busy[component] !== undefined && point.throughput > 0);
  if (with_.length === 0) return undefined;
  const shares = with_.map(({ readShare }) => readShare);
  const apart = Math.max(...shares) - Math.min(...shares) >= tellingSpread;
  const random = randomOf(seed);
  const drawn = () => with_.map(() => drawFrom(with_, random));
  return {
    component,
    ...pairOf(component, with_, apart),
    apart,
    points: with_,
    freedom: with_.length - (apart ? 2 : 1),
    resampled: Array.from({ length: with_.length < 3 ? 0 : resamples }, () =>
      pairOf(component, drawn(), apart),
    ),
  };
}

/** Cores that a rate needs, at full use. */
export function coresFor(cost: CostPair, reads: number, writes: number): number {
  return cost.read * reads + cost.write * writes;
}

/** Whatever follows from the costs, with its interval. */
export function costEstimate(cost: Cost, of: (pair: CostPair) => number): Estimate {
  const value = of(cost);
  const interval = expandedInterval(cost.resampled.map(of), cost.freedom);
  return interval === undefined ? { value } : { value, interval };
}

/** Of one statement of the mix that was measured. */
export function costOf(point: Point, component: Component): number {
  return (point.busy[component] ?? 0) / point.throughput;
}

function pairOf(component: Component, points: readonly Point[], apart: boolean): CostPair {
  const mean = points.reduce((sum, point) => sum + costOf(point, component), 0) / points.length;
  if (!apart) return { read: mean, write: mean };
  // cost = share·read + (1 − share)·write: a straight line over the share.
  const share = points.reduce((sum, point) => sum + point.readShare, 0) / points.length;
  let over = 0;
  let under = 0;
  for (const point of points) {
    over += (point.readShare - share) * (costOf(point, component) - mean);
    under += (point.readShare - share) ** 2;
  }
  // A draw may hold one share alone.
  if (under === 0) return { read: mean, write: mean };
  const slope = over / under;
  const [read, write] = [mean + slope * (1 - share), mean - slope * share];
  // A negative cost is noise: the other one carries all.
  if (read < 0) return { read: 0, write: share < 1 ? mean / (1 - share) : mean };
  if (write < 0) return { read: share > 0 ? mean / share : mean, write: 0 };
  return { read, write };
}
