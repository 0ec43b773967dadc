import { max, median } from 'simple-statistics';
import { coresFor, costOf, fitCost } from './cost.ts';
import { fitUsl } from './fit-usl.ts';
import type { Component, Point, UslPoint } from './model.ts';
import { throughputAt } from './usl.ts';

/** What a relation said of points that it had not seen. */
export interface HeldBack {
  readonly of: Component | 'cores' | 'clients';
  /** In words: `throughput by clients, 2 cores`, `server's processor cost`. */
  readonly says: string;
  /** `each`: one value of n (or one trial's kind) at a time; `largest`: the largest, foretold from the smaller ones. */
  readonly how: 'each' | 'largest';
  readonly trials: number;
  /** |foretold ÷ measured − 1|. */
  readonly errors: readonly number[];
  readonly median: number;
  readonly largest: number;
}

/** Above these a relation is not fit to project with. */
export const tolerances = { median: 0.1, largest: 0.25 } as const;

export function isGood({ median: middle, largest }: HeldBack): boolean {
  return middle <= tolerances.median && largest <= tolerances.largest;
}

/**
 * Leaves out all points at one n, fits the rest, foretells them; then so with the largest n alone, which is the question that a projection
 * asks. Nothing where fewer than four different n leave too little to fit.
 */
export function checkUsl(
  of: 'cores' | 'clients',
  says: string,
  points: readonly UslPoint[],
): readonly HeldBack[] {
  const places = [...new Set(points.map(({ n }) => n))].sort((a, b) => a - b);
  if (places.length < 4) return [];
  const foretell = (n: number) => {
    const { law } = fitUsl(points.filter((point) => point.n !== n));
    const measured = median(points.filter((point) => point.n === n).map(({ x }) => x));
    return [Math.abs(throughputAt(law, n) / measured - 1)];
  };
  const last = places.at(-1) ?? 0;
  return [
    heldBack(of, says, 'each', places.flatMap(foretell)),
    heldBack(of, says, 'largest', foretell(last)),
  ];
}

/**
 * The same for a component's cost: all trials of one (cores, clients, share of reads) are left out and their use of processors foretold;
 * then the groups of highest throughput of each mix from its lower half. Nothing with fewer than four such groups.
 */
export function checkCost(component: Component, points: readonly Point[]): readonly HeldBack[] {
  const measured = points.filter((point) => point.busy[component] !== undefined);
  const groups = new Map<string, Point[]>();
  for (const point of measured) {
    const key = `${point.cores} ${point.clients} ${point.readShare.toFixed(2)}`;
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  if (groups.size < 4) return [];
  // Trials of a group are repeats: their median is what is foretold, since one disturbed trial says nothing of the relation.
  const foretell = (asked: readonly Point[][]) => {
    const unseen = new Set(asked.flat());
    const cost = fitCost(
      component,
      measured.filter((point) => !unseen.has(point)),
      { resamples: 0 },
    );
    if (cost === undefined) return [];
    return asked.map((group) => {
      const actual = median(group.map((point) => costOf(point, component)));
      const share = group[0]?.readShare ?? 0;
      return Math.abs(coresFor(cost, share, 1 - share) / actual - 1);
    });
  };
  const each = [...groups.values()].flatMap((group) => foretell([group]));
  const rate = (group: readonly Point[]) => median(group.map(({ throughput }) => throughput));
  // Of each mix: one may be slower than another throughout, and a mix cannot be foretold from one alone.
  const upper = mixesOf([...groups.values()]).flatMap((mix) =>
    mix.sort((one, other) => rate(one) - rate(other)).slice(Math.ceil(mix.length / 2)),
  );
  const says = `${component}'s processor cost`;
  return [
    heldBack(component, says, 'each', each),
    ...(upper.length === 0 ? [] : [heldBack(component, says, 'largest', foretell(upper))]),
  ];
}

/** Shares of reads that are nearer than that to the next are one mix. */
const gap = 0.05;

function mixesOf(groups: readonly Point[][]): Point[][][] {
  const share = (group: readonly Point[]) => group[0]?.readShare ?? 0;
  const mixes: Point[][][] = [];
  for (const group of groups.toSorted((a, b) => share(a) - share(b))) {
    const last = mixes.at(-1);
    if (last !== undefined && share(group) - share(last.at(-1) ?? []) <= gap) last.push(group);
    else mixes.push([group]);
  }
  return mixes;
}

function heldBack(
  of: HeldBack['of'],
  says: string,
  how: HeldBack['how'],
  errors: readonly number[],
): HeldBack {
  return {
    of,
    says,
    how,
    trials: errors.length,
    errors,
    median: median([...errors]),
    largest: max([...errors]),
  };
}
