import { type AccessMatrix, accessMatrix } from './matrix.ts';
import type {
  Breach,
  Counterexample,
  Entry,
  Environment,
  Evidence,
  Finding,
  Observation,
  Plan,
  PlannedClaim,
  Population,
} from './model.ts';
import { type Standing, standingOf } from './standing.ts';
import { exitCodes, type Verdict } from './verdict.ts';

export type { Standing } from './standing.ts';

/** A record without its chain: what reports need of it. */
export interface Stored<E extends Entry> {
  readonly seq: number;
  readonly at: string;
  readonly entry: E;
}

/** What one trial of a check showed: the baseline, or one counterexample. */
export interface TrialView {
  /** Name of the fault, or `baseline`. */
  readonly name: string;
  readonly finding?: Stored<Finding>;
  readonly counterexample?: Stored<Counterexample>;
  readonly observations: readonly Stored<Observation>[];
}

export interface ClaimView {
  readonly planned: PlannedClaim;
  readonly standing: Standing;
  /** What the trials showed, whatever lies over it. */
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly baseline: TrialView;
  /** Trials with a fault, in the order in which they ran. */
  readonly trials: readonly TrialView[];
  /** Breaches of the baseline; those of counterexamples were asked for. */
  readonly breaches: readonly Breach[];
  readonly counterexamples: { readonly tried: number; readonly noticed: number };
  /** seq of every record about the claim. */
  readonly evidence: readonly number[];
}

export interface Counts {
  readonly proved: number;
  readonly refuted: number;
  readonly unproved: number;
  readonly waived: number;
  readonly outside: number;
}

/** A run as reports want it: folded once, so that every report says the same. */
export interface RunView {
  readonly plan: Plan;
  readonly digest: string;
  readonly records: number;
  /** In the order of the plan. */
  readonly claims: readonly ClaimView[];
  readonly counts: Counts;
  readonly matrix: AccessMatrix;
  readonly environment?: Stored<Environment>;
  readonly population?: Stored<Population>;
  readonly end?: Stored<Extract<Entry, { type: 'end' }>>;
  /** The run came to its end by itself. */
  readonly complete: boolean;
  /** The exit code that the verdicts earn, whatever the end record says. */
  readonly earned: number;
  /** Records about claims that the plan does not list. */
  readonly strangers: readonly { readonly seq: number; readonly claim: string }[];
}

/** Folds evidence into what reports show. Linear in the number of records. */
export function viewRun(evidence: Evidence): RunView {
  const { plan } = evidence;
  const folders = new Map(plan.claims.map((planned) => [planned.id, new ClaimFold(planned, plan.startedAt)]));
  const strangers: { seq: number; claim: string }[] = [];
  let environment: Stored<Environment> | undefined;
  let population: Stored<Population> | undefined;
  let end: Stored<Extract<Entry, { type: 'end' }>> | undefined;
  for (const { seq, at, entry } of evidence.records) {
    if (entry.type === 'environment') environment = { seq, at, entry };
    else if (entry.type === 'population') population = { seq, at, entry };
    else if (entry.type === 'end') end = { seq, at, entry };
    else {
      const fold = folders.get(entry.claim);
      if (fold === undefined) strangers.push({ seq, claim: entry.claim });
      else fold.take({ seq, at, entry });
    }
  }
  const complete = end?.entry.complete ?? false;
  const claims = [...folders.values()].map((fold) => fold.view());
  const counts = countClaims(claims);
  return {
    plan,
    digest: evidence.digest,
    records: evidence.records.length,
    claims,
    counts,
    matrix: accessMatrix(claims, population?.entry),
    ...(environment && { environment }),
    ...(population && { population }),
    ...(end && { end }),
    complete,
    earned: exitCodeOf(counts, complete),
    strangers,
  };
}

/**
 * 1 when anything is refuted, else 3 when anything is unproved, nothing ran or the run did not end, else 0. What is waived
 * counts for neither, but a run that proves nothing besides is no success.
 */
export function exitCodeOf(counts: Counts, complete: boolean): 0 | 1 | 3 {
  if (counts.refuted > 0) return exitCodes.refuted;
  if (counts.unproved > 0 || counts.proved === 0 || !complete) return exitCodes.unproved;
  return exitCodes.proved;
}

/** Refuted first, then what is not known, then what holds; within each the order of the plan. */
export const standings = [
  'refuted',
  'unproved',
  'waived',
  'proved',
  'outside',
] as const satisfies readonly Standing[];

export function byStanding(claims: readonly ClaimView[]): readonly ClaimView[] {
  return standings.flatMap((standing) => claims.filter((claim) => claim.standing === standing));
}

function countClaims(claims: readonly ClaimView[]): Counts {
  const counts = { proved: 0, refuted: 0, unproved: 0, waived: 0, outside: 0 };
  for (const claim of claims) counts[claim.standing]++;
  return counts;
}

type ClaimEntry = Extract<Entry, { claim: string }>;

interface OpenTrial {
  readonly name: string;
  finding?: Stored<Finding>;
  counterexample?: Stored<Counterexample>;
  readonly observations: Stored<Observation>[];
}

const baseline = 'baseline';

class ClaimFold {
  readonly #planned: PlannedClaim;
  readonly #startedAt: string;
  readonly #trials = new Map<string, OpenTrial>();
  readonly #evidence: number[] = [];
  #verdict: { readonly verdict: Verdict; readonly reason?: string | undefined } | undefined;

  constructor(planned: PlannedClaim, startedAt: string) {
    this.#planned = planned;
    this.#startedAt = startedAt;
  }

  take({ seq, at, entry }: Stored<ClaimEntry>): void {
    this.#evidence.push(seq);
    if (entry.type === 'observation') this.#trial(entry.trial).observations.push({ seq, at, entry });
    else if (entry.type === 'finding') this.#trial(entry.trial).finding = { seq, at, entry };
    else if (entry.type === 'counterexample') this.#trial(entry.fault).counterexample = { seq, at, entry };
    else this.#verdict = entry;
  }

  view(): ClaimView {
    const own = this.#trial(baseline);
    this.#trials.delete(baseline);
    const trials = [...this.#trials.values()];
    const tried = trials.filter((trial) => trial.counterexample !== undefined);
    return {
      planned: this.#planned,
      verdict: this.#verdict?.verdict ?? 'unproved',
      ...this.#standing(),
      baseline: own,
      trials,
      breaches: own.finding?.entry.breaches ?? [],
      counterexamples: {
        tried: tried.length,
        noticed: tried.filter((trial) => trial.counterexample?.entry.noticed).length,
      },
      evidence: this.#evidence,
    };
  }

  #standing(): { standing: Standing; reason?: string } {
    if (!this.#planned.selected) {
      return { standing: 'outside', reason: this.#planned.left ?? 'not part of this scenario' };
    }
    const { verdict, reason } = this.#verdict ?? { verdict: 'unproved', reason: 'not run' };
    return standingOf(this.#planned, verdict, reason, this.#startedAt);
  }

  #trial(name: string): OpenTrial {
    const known = this.#trials.get(name);
    if (known !== undefined) return known;
    const trial: OpenTrial = { name, observations: [] };
    this.#trials.set(name, trial);
    return trial;
  }
}
