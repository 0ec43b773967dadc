import { type Capacity, counted, sameMix } from './capacity.ts';
import { type HeldBack, isGood } from './check.ts';
import { type Cost, type CostPair, coresFor, costEstimate } from './cost.ts';
import type { Estimate } from './model.ts';
import { readShareOf, replicasFor } from './replicas.ts';
import { estimate } from './uncertain-usl.ts';
import { neededFor, peakOf } from './usl.ts';

/** What a claim asks for, statements a second. */
export interface Rates {
  readonly reads: number;
  readonly writes: number;
}

export interface Assumptions {
  /** How much of its processors each may use before answers come late, 0 to 1. */
  readonly utilisation: { readonly server: number; readonly pooler: number; readonly generator: number };
  /** Processors of the largest server that can be had. */
  readonly coresOfServer: number;
  readonly coresOfGenerator: number;
  /** Replaying a write on a replica, as a part of what it costs on the primary. */
  readonly replay: number;
  /** A projection to more than so many times the highest measured throughput is called an extrapolation. */
  readonly farthest: number;
}

export const usualAssumptions: Assumptions = {
  utilisation: { server: 0.7, pooler: 0.7, generator: 0.7 },
  coresOfServer: 64,
  coresOfGenerator: 4,
  replay: 1,
  farthest: 3,
};

export type NeedName = 'server cores' | 'poolers' | 'replicas' | 'generator cores' | 'generators';

export interface Need {
  readonly name: NeedName;
  /** Not whole for cores. Infinity: no number is enough. */
  readonly amount: Estimate;
  /** True: what was measured cannot tell how much more it may be. */
  readonly atLeast: boolean;
  readonly because: string;
}

/** How much a claim would need. Always a projection: never a proof that it would hold. */
export interface Projection {
  readonly kind: 'projection';
  /** `unfit`: the relations failed on held-back points, or do not speak of this load; the needs are not to be used. */
  readonly standing: 'projected' | 'extrapolated' | 'unfit';
  readonly rates: Rates;
  /** Asked rate ÷ highest measured throughput. */
  readonly factor: number;
  readonly needs: readonly Need[];
  /** Why it is unfit or extrapolated, and what it leaves open. */
  readonly notes: readonly string[];
  readonly assumptions: Assumptions;
}

/** What a claim needs, from what was measured. Throws RangeError where nothing is asked or nothing was measured. */
export function project(capacity: Capacity, rates: Rates, given: Partial<Assumptions> = {}): Projection {
  const assumptions = { ...usualAssumptions, ...given };
  const total = rates.reads + rates.writes;
  if (!(total > 0 && rates.reads >= 0 && rates.writes >= 0)) throw new RangeError('no rate is asked for');
  if (capacity.points.length === 0) throw new RangeError('nothing was measured');
  const factor = total / Math.max(...capacity.points.map(({ throughput }) => throughput));
  // The law over cores speaks of its own mix; another is weighed by what its statements cost, when that is known.
  const { byCores, ...rest } = capacity;
  const speaks = capacity.costs.server?.apart === true || isMix(capacity, rates);
  const known: Capacity = byCores !== undefined && speaks ? capacity : rest;
  const unfit = unfitness(known, rates);
  const far = factor > assumptions.farthest;
  return {
    kind: 'projection',
    standing: unfit.length > 0 ? 'unfit' : far ? 'extrapolated' : 'projected',
    rates,
    factor,
    needs: needsOf(known, rates, assumptions),
    notes: [
      ...unfit,
      ...(far
        ? [`${factor.toFixed(1)} times what was measured, beyond ${assumptions.farthest}: an extrapolation`]
        : []),
      ...(byCores !== undefined && speaks && !isMix(capacity, rates)
        ? ['contention between cores was measured with another mix, and is taken to go with the work']
        : []),
      ...openQuestions(known),
    ],
    assumptions,
  };
}

function isMix({ mix }: Capacity, rates: Rates): boolean {
  return Math.abs(mix - readShareOf(rates)) <= sameMix;
}

function unfitness(capacity: Capacity, rates: Rates): readonly string[] {
  const { server } = capacity.costs;
  const asked = readShareOf(rates);
  const reasons = capacity.checks
    // No need is computed from the law over clients.
    .filter((check) => check.of !== 'clients' && (check.of !== 'cores' || capacity.byCores !== undefined))
    .filter((check) => !isGood(check))
    .map(failed);
  if (server === undefined) reasons.push("the server's processors were not measured");
  else if (!capacity.checks.some(({ of }) => of === 'server')) {
    reasons.push('too few kinds of trials to hold any back: at least four are needed');
  } else if (!server.apart) {
    const off = Math.max(...server.points.map(({ readShare }) => Math.abs(readShare - asked)));
    if (off > sameMix) {
      reasons.push(
        `the claim reads ${percent(asked)} of its statements, what was measured differs from that by ${percent(off)}, and one mix tells nothing of another`,
      );
    }
  }
  return reasons;
}

function failed({ says, how, median, largest }: HeldBack): string {
  const which = how === 'each' ? 'held-back points' : 'the highest, held back';
  return `${says}: off by ${percent(median)} at the median and by ${percent(largest)} at most on ${which}`;
}

function needsOf(capacity: Capacity, rates: Rates, assumptions: Assumptions): readonly Need[] {
  const { server, pooler, generator } = capacity.costs;
  const { utilisation } = assumptions;
  const cores = (pair: CostPair) => coresFor(pair, rates.reads, rates.writes);
  const needs: Need[] = [];
  if (server !== undefined) {
    needs.push(serverCores(capacity, server, rates, utilisation.server));
    needs.push({
      name: 'replicas',
      amount: costEstimate(server, (pair) => replicasFor(pair, rates, assumptions)),
      atLeast: capacity.byCores === undefined,
      because: `that read, when no server has more than ${counted(assumptions.coresOfServer, 'core')}; a replay costs ${assumptions.replay} of its write`,
    });
  }
  if (pooler !== undefined) {
    needs.push({
      name: 'poolers',
      amount: costEstimate(pooler, (pair) => Math.ceil(cores(pair) / utilisation.pooler)),
      atLeast: false,
      because: `one thread each, in use to ${percent(utilisation.pooler)}`,
    });
  }
  if (generator !== undefined) {
    const used = (pair: CostPair) => cores(pair) / utilisation.generator;
    needs.push(
      {
        name: 'generator cores',
        amount: costEstimate(generator, used),
        atLeast: false,
        because: `in use to ${percent(utilisation.generator)}`,
      },
      {
        name: 'generators',
        amount: costEstimate(generator, (pair) => Math.ceil(used(pair) / assumptions.coresOfGenerator)),
        atLeast: false,
        because: `of ${counted(assumptions.coresOfGenerator, 'core')} each`,
      },
    );
  }
  return needs;
}

/** The larger of what the cost of statements needs and what contention between cores needs. */
function serverCores({ byCores, mix }: Capacity, server: Cost, rates: Rates, utilisation: number): Need {
  const byCost = costEstimate(server, (pair) => coresFor(pair, rates.reads, rates.writes) / utilisation);
  const linear: Need = {
    name: 'server cores',
    amount: byCost,
    atLeast: byCores === undefined,
    because: `by the cost of a statement, in use to ${percent(utilisation)}`,
  };
  if (byCores === undefined) return linear;
  // In statements of the mix that was measured: as many as cost the same.
  const aim = coresFor(server, rates.reads, rates.writes) / coresFor(server, mix, 1 - mix) / utilisation;
  const amount = estimate(
    byCores,
    byCores.resampled,
    (law) => neededFor(law, aim) ?? Number.POSITIVE_INFINITY,
  );
  if (amount.value <= byCost.value) return linear;
  const peak = peakOf(byCores.law);
  const because = Number.isFinite(amount.value)
    ? `by the Universal Scalability Law over cores, in use to ${percent(utilisation)}`
    : `no number of cores: by the Universal Scalability Law one server ends at ${Math.round(peak.x)} statements a second`;
  return { name: 'server cores', amount, atLeast: false, because };
}

function openQuestions({ byCores, points, costs, checks }: Capacity): readonly string[] {
  const notes = checks.filter((check) => check.of === 'clients' && !isGood(check)).map(failed);
  if (byCores === undefined) {
    notes.push(
      'contention between cores is not measured, for which the claim’s mix must run on three numbers of cores that the server has for itself: server cores are a lower bound',
    );
  }
  if (points.some(({ shared }) => shared))
    notes.push('in some trials the generator shared the server’s processors');
  if (costs.server?.apart === false)
    notes.push('reads and writes are taken to cost the same: one mix was measured');
  if (costs.pooler === undefined) notes.push('no pooler was measured');
  return notes;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}
