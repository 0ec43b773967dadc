import { checkCost, checkUsl, type HeldBack } from './check.ts';
import { type Cost, fitCost } from './cost.ts';
import { type Component, components, type Point, type UslPoint } from './model.ts';
import { type BootstrapOptions, fitUncertainUsl, type UncertainUsl } from './uncertain-usl.ts';

/** All that points tell about capacity. */
export interface Capacity {
  readonly points: readonly Point[];
  /** Share of reads of the trials behind `byClients` and `byCores`: throughputs of different mixes are no one relation. */
  readonly mix: number;
  /** By clients, for each number of cores at which three or more numbers of clients were tried. */
  readonly byClients: readonly { readonly cores: number; readonly fit: UncertainUsl }[];
  /** By the server's cores: the highest throughput of each. Absent with fewer than three numbers of cores that were the server's own. */
  readonly byCores?: UncertainUsl;
  readonly costs: Readonly<Partial<Record<Component, Cost>>>;
  readonly checks: readonly HeldBack[];
}

const fewest = 3;

/** Shares of reads that differ by no more are one mix. */
export const sameMix = 0.05;

function mostMeasured(points: readonly Point[]): number {
  const near = (share: number) =>
    points.filter(({ readShare }) => Math.abs(readShare - share) <= sameMix).length;
  const shares = [...new Set(points.map(({ readShare }) => readShare))].sort((a, b) => a - b);
  return shares.reduce((best, share) => (near(share) > near(best) ? share : best), shares[0] ?? 0);
}

/**
 * Fits every relation that the points can tell, and checks each on points that it has not seen. Throws RangeError for points that are none.
 * `mix`: the share of reads to fit throughput for, when several were measured; else that of most points.
 */
export function capacityOf(
  points: readonly Point[],
  { mix = mostMeasured(points), ...options }: BootstrapOptions & { readonly mix?: number } = {},
): Capacity {
  for (const point of points) mustBePoint(point);
  const alike = points.filter(({ readShare }) => Math.abs(readShare - mix) <= sameMix);
  const byClients = [...new Set(alike.map(({ cores }) => cores))]
    .sort((a, b) => a - b)
    .map((cores) => ({ cores, points: clientPoints(alike, cores) }))
    .filter((each) => distinct(each.points) >= fewest);
  const corePoints = bestByCores(alike);
  const loaded = underLoad(points);
  const costs = components.flatMap((component) => {
    const cost = fitCost(component, loaded, options);
    return cost === undefined ? [] : [[component, cost] as const];
  });
  return {
    points,
    mix,
    byClients: byClients.map((each) => ({ cores: each.cores, fit: fitUncertainUsl(each.points, options) })),
    ...(distinct(corePoints) >= fewest ? { byCores: fitUncertainUsl(corePoints, options) } : {}),
    costs: Object.fromEntries(costs),
    checks: [
      ...byClients.flatMap((each) =>
        checkUsl('clients', `throughput by clients, ${counted(each.cores, 'core')}`, each.points),
      ),
      ...checkUsl('cores', 'throughput by cores', corePoints),
      ...costs.flatMap(([component]) => checkCost(component, loaded)),
    ],
  };
}

export function counted(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}

function clientPoints(points: readonly Point[], cores: number): UslPoint[] {
  return points
    .filter((point) => point.cores === cores)
    .map(({ clients, throughput }) => ({ n: clients, x: throughput }));
}

/**
 * The trials at the number of clients that was best on the whole, for each number of cores: the highest single trial would be the luckiest.
 * Trials whose server shared its processors with the generator do not count: they say nothing about so many cores.
 */
function bestByCores(points: readonly Point[]): UslPoint[] {
  const own = points.filter(({ shared }) => !shared);
  return [...new Set(own.map(({ cores }) => cores))].flatMap((cores) => {
    const here = clientPoints(own, cores);
    let best: { mean: number; of: UslPoint[] } | undefined;
    for (const n of new Set(here.map((point) => point.n))) {
      const of = here.filter((point) => point.n === n);
      const mean = of.reduce((sum, { x }) => sum + x, 0) / of.length;
      if (best === undefined || mean > best.mean) best = { mean, of };
    }
    return (best?.of ?? []).map(({ x }) => ({ n: cores, x }));
  });
}

/**
 * Trials with at least half the throughput that so many cores gave of that mix. With few clients processes fall asleep and are woken for each statement, which costs
 * as much again and says nothing of a server that has to work.
 */
function underLoad(points: readonly Point[]): readonly Point[] {
  const alike = (a: Point, b: Point) => a.cores === b.cores && Math.abs(a.readShare - b.readShare) <= sameMix;
  return points.filter((point) => {
    const highest = Math.max(
      ...points.filter((other) => alike(point, other)).map(({ throughput }) => throughput),
    );
    return point.throughput >= highest / 2;
  });
}

function distinct(points: readonly UslPoint[]): number {
  return new Set(points.map(({ n }) => n)).size;
}

function mustBePoint({ cores, clients, throughput, readShare, busy }: Point): void {
  const good =
    [cores, clients, throughput].every((value) => Number.isFinite(value) && value > 0) &&
    readShare >= 0 &&
    readShare <= 1 &&
    Object.values(busy).every((value) => Number.isFinite(value) && value >= 0);
  if (!good) {
    throw new RangeError(
      `no point of capacity: ${JSON.stringify({ cores, clients, throughput, readShare, busy })}`,
    );
  }
}
