import type { Check } from '../checks/check.ts';
import { checkOf } from '../checks/index.ts';
import { type Capability, capabilities } from '../cluster/capability.ts';
import { Session } from '../cluster/session.ts';
import type { CheckCall, Claim } from '../design/design.ts';
import type { Entry, Observation } from '../evidence/model.ts';
import type { Verdict } from '../evidence/verdict.ts';
import { lackingFor, wanting } from './lacking.ts';
import { WriteRefused } from './read-only.ts';
import { type Bench, contextOf, type Memory, runTrial, type TrialResult } from './trial.ts';

/** What a claim's trials gave: records in order, the verdict last. */
export interface Proof {
  readonly verdict: Verdict;
  readonly entries: readonly Entry[];
}

/**
 * Proves or refutes one claim: the check on the database as it is, then on the database with each counterexample.
 * A claim is proved when it holds and every counterexample was noticed.
 */
export async function prove(
  bench: Bench,
  claim: Claim,
  able: ReadonlySet<Capability>,
  memory: Memory = new Map(),
): Promise<Proof> {
  if (claim.check === undefined) return unproved(claim, claim.unproved ?? 'no check');
  const check = checkOf(claim.check.kind);
  if (check === undefined) return unproved(claim, `no check ${claim.check.kind}`);
  const lacking = lackingHere(check, claim.check, able);
  if (lacking.length > 0)
    return unproved(claim, `needs ${lacking.map((need) => wanting(bench.cluster, need)).join(', ')}`);
  const entries: Entry[] = [];
  const baseline = await baselineOf(bench, check, claim.check, memory);
  if (baseline === 'wrote') return unproved(claim, `needs ${wanting(bench.cluster, 'scratch-database')}`);
  entries.push(...recordsOf(claim, 'baseline', baseline, baseline.sightings));
  if (baseline.outcome === 'broken') {
    return conclude(claim, entries, 'refuted', baseline.breaches[0]?.says ?? baseline.reason);
  }
  // A check that needs nothing of the server breaks nothing of it either: only what it is told of the design.
  if (!able.has('faults') && check.needs.length > 0) {
    const leave = bench.cluster.lacking?.faults ?? capabilities.faults;
    return conclude(
      claim,
      entries,
      'unproved',
      notExercised(baseline) ?? `holds, but its counterexamples need ${leave}`,
    );
  }
  const faults = check.faults(contextOf(bench, new Session(bench.client), memory, true), claim.check);
  const unnoticed: string[] = [];
  for (const fault of faults) {
    const trial = await runTrial(bench, check, claim.check, { memory, fault });
    const noticed = trial.outcome === 'broken';
    if (!noticed) unnoticed.push(fault.says);
    const telling = trial.sightings.filter((sighting) => !sighting.agrees);
    entries.push(...recordsOf(claim, fault.name, trial, telling), {
      type: 'counterexample',
      claim: claim.id,
      fault: fault.name,
      says: fault.says,
      ...(fault.statement === undefined ? {} : { statement: fault.statement }),
      noticed,
      ...(trial.breaches[0] === undefined
        ? {}
        : { by: `${trial.breaches[0].says} (${trial.breaches[0].object})` }),
    });
  }
  const idle = notExercised(baseline);
  if (idle !== undefined) return conclude(claim, entries, 'unproved', idle);
  if (faults.length === 0)
    return conclude(
      claim,
      entries,
      'unproved',
      'no counterexample to try: a check that cannot fail proves nothing',
    );
  if (unnoticed.length > 0)
    return conclude(claim, entries, 'unproved', `counterexample not noticed: ${unnoticed.join('; ')}`);
  return conclude(claim, entries, 'proved', undefined);
}

function notExercised({ outcome, reason }: TrialResult): string | undefined {
  return outcome === 'not-exercised' ? `not exercised: ${reason ?? ''}` : undefined;
}

async function baselineOf(
  bench: Bench,
  check: Check,
  call: CheckCall,
  memory: Memory,
): Promise<TrialResult | 'wrote'> {
  try {
    return await runTrial(bench, check, call, { memory });
  } catch (error) {
    if (error instanceof WriteRefused) return 'wrote';
    throw error;
  }
}

/** What a check with a cluster of its own needs of that is asked when it stands. */
function lackingHere(check: Check, call: CheckCall, able: ReadonlySet<Capability>): readonly Capability[] {
  switch (check.isolation) {
    case 'own':
      return able.has('own-clusters') ? [] : ['own-clusters'];
    case 'database':
      return [...lackingFor(check, call, able), ...(able.has('copies') ? [] : (['copies'] as const))];
    default:
      return lackingFor(check, call, able);
  }
}

/** The proof of a claim that was not tried. */
export function unproved(claim: Claim, reason: string): Proof {
  return conclude(claim, [], 'unproved', reason);
}

function conclude(
  claim: Claim,
  entries: readonly Entry[],
  verdict: Verdict,
  reason: string | undefined,
): Proof {
  const last: Entry = {
    type: 'verdict',
    claim: claim.id,
    verdict,
    ...(reason === undefined ? {} : { reason }),
  };
  return { verdict, entries: [...entries, last] };
}

function recordsOf(
  claim: Claim,
  trial: string,
  result: TrialResult,
  sightings: TrialResult['sightings'],
): Entry[] {
  const observations = sightings.map(
    (sighting): Observation => ({ type: 'observation', claim: claim.id, trial, ...sighting }),
  );
  return [
    ...observations,
    {
      type: 'finding',
      claim: claim.id,
      trial,
      outcome: result.outcome,
      ...(result.reason === undefined ? {} : { reason: result.reason }),
      breaches: [...result.breaches],
      unexercised: [...result.unexercised],
      milliseconds: Math.round(result.milliseconds * 10) / 10,
      ...(result.timeline === undefined ? {} : { timeline: result.timeline }),
    },
  ];
}
