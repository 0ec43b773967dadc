import type { Check } from '../checks/check.ts';
import { checkOf } from '../checks/index.ts';
import { Session } from '../cluster/session.ts';
import type { Claim } from '../design/design.ts';
import type { Breach } from '../evidence/model.ts';
import type { Fault } from '../faults/fault.ts';
import { type Bench, type Memory, runTrial } from '../scenarios/trial.ts';
import { answersOf } from './answers.ts';
import type { Asked } from './claims.ts';
import { faultOf, InvalidMutant, type Mutant } from './mutant.ts';
import type { Functions, Reach } from './replay/reach.ts';
import type { Tape } from './replay/tape.ts';
import { canBeTaped, replaying, whole } from './replay/taped-check.ts';
import type { MutantResult } from './report.ts';
import { Telling } from './telling.ts';

/** What the healthy database showed of the claims. */
export interface Baseline {
  readonly memory: Memory;
  /** Claims that hold, with what their data left undecided. */
  readonly sound: ReadonlyMap<string, readonly string[]>;
  /** What functions answer, as far as it was asked. */
  readonly answers: Map<string, string | undefined>;
  /** What it did, statement by statement. */
  readonly tape: Tape;
  readonly reach: Reach;
}

/** Gives a connection to a database without the mutant: one for all, or another each time. */
export type WithBench = <T>(work: (bench: Bench) => Promise<T>) => Promise<T>;

/** Runs the claims with the mutant in, one after the other, until one is refuted. Throws when the server is gone. */
export async function tryMutant(
  withBench: WithBench,
  mutant: Mutant,
  asked: readonly Asked[],
  baseline: Baseline,
  telling = new Telling(),
): Promise<MutantResult> {
  const { id, operator, object, group, says, statement, before, after } = mutant;
  const head = { id, operator, object, group, says, statement };
  if (mutant.equivalent !== undefined) {
    return { ...head, fate: 'equivalent', before, after, reason: mutant.equivalent };
  }
  const fault = faultOf(mutant);
  const stumbles: { claim?: string; error: string }[] = [];
  const undecided = new Set<string>();
  const byAnswer = new Set(asked.flatMap((each) => (each.byAnswer ? [each.claim] : [])));
  const tried: string[] = [];
  const changed = baseline.reach.of(mutant);
  let same: boolean | undefined;
  for (const claim of inOrder(asked, telling)) {
    if (changed !== undefined && (baseline.tape.claim(claim.id) & changed) === 0n) continue;
    if (byAnswer.has(claim)) {
      same ??= await withBench((bench) => answersTheSame(bench, mutant, fault, baseline));
      if (same) continue;
    }
    tried.push(claim.id);
    const trial = await withBench((bench) => tryClaim(bench, claim, fault, changed, baseline, telling));
    if (trial.outcome === 'killed') {
      const { says, object } = trial.breach;
      return { ...head, fate: 'killed', by: { claim: claim.id, says, object } };
    }
    if (trial.outcome === 'invalid') return { ...head, fate: 'invalid', stumbles: [{ error: trial.error }] };
    if (trial.outcome === 'stumbled') stumbles.push({ claim: claim.id, error: trial.error });
    for (const each of baseline.sound.get(claim.id) ?? []) undecided.add(`${claim.id}: ${each}`);
  }
  // Where no claim comes to run it, nobody has asked yet whether there is such a mutant.
  const refused = tried.length > 0 ? undefined : await withBench((bench) => refusal(bench, fault));
  if (refused !== undefined) return { ...head, fate: 'invalid', stumbles: [{ error: refused }] };
  if (mutant.equivalentIfSurvives !== undefined && stumbles.length === 0) {
    return { ...head, fate: 'equivalent', before, after, reason: mutant.equivalentIfSurvives };
  }
  return {
    ...head,
    fate: stumbles.length > 0 ? 'stumbled' : 'survived',
    before,
    after,
    tried,
    ...(stumbles.length > 0 ? { stumbles } : {}),
    ...(undecided.size > 0 ? { undecided: [...undecided] } : {}),
  };
}

/** Of each turn those first that have killed before. */
function inOrder(asked: readonly Asked[], telling: Telling): readonly Claim[] {
  const turns = [0, 1, 2, 3].map((turn) => asked.flatMap((each) => (each.turn === turn ? [each.claim] : [])));
  return turns.flatMap((claims) => telling.claims(claims));
}

type Tried =
  | { readonly outcome: 'killed'; readonly breach: Breach }
  | { readonly outcome: 'held' }
  | { readonly outcome: 'stumbled' | 'invalid'; readonly error: string };

async function tryClaim(
  bench: Bench,
  { id, check: call }: Claim,
  fault: Fault,
  changed: Functions | undefined,
  { memory, tape }: Baseline,
  telling: Telling,
): Promise<Tried> {
  const check = call === undefined ? undefined : checkOf(call.kind);
  if (call === undefined || check === undefined) return { outcome: 'held' };
  const run = async (asked: Check) => {
    const actors = telling.actors(id, bench.actors);
    return runTrial({ ...bench, actors }, asked, call, { memory, fault });
  };
  const tried =
    changed === undefined || !canBeTaped(check)
      ? whole(check, bench.client)
      : replaying(check, bench.client, tape, changed);
  try {
    let result = await run(tried.check);
    if (tried.mismatched()) result = await run(whole(check, bench.client).check);
    const { outcome, breaches } = result;
    const [breach] = breaches;
    if (outcome !== 'broken' || breach === undefined) return { outcome: 'held' };
    telling.note(id, breach.actor);
    return { outcome: 'killed', breach };
  } catch (error) {
    if (error instanceof InvalidMutant) return { outcome: 'invalid', error: error.message };
    await mustBeAlive(bench, error);
    return { outcome: 'stumbled', error: (error as Error).message };
  }
}

/** Why PostgreSQL does not take the mutant, if it does not. */
async function refusal({ client }: Bench, fault: Fault): Promise<string | undefined> {
  await client.query('BEGIN');
  try {
    await fault.inject({ session: new Session(client) });
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidMutant)) throw error;
    return error.message;
  } finally {
    await client.query('ROLLBACK');
  }
}

/** Whether the changed function answers everybody as it did: then no policy that runs it decides otherwise. */
async function answersTheSame(
  bench: Bench,
  mutant: Mutant,
  fault: Fault,
  { answers }: Baseline,
): Promise<boolean> {
  const [identity] = mutant.touches.functions;
  if (identity === undefined) return false;
  try {
    // With the mutant first: on a connection of its own no setting has been set yet.
    const changed = await answersOf(bench, identity, fault);
    if (!answers.has(identity)) answers.set(identity, await answersOf(bench, identity));
    return changed !== undefined && changed === answers.get(identity);
  } catch (error) {
    await mustBeAlive(bench, error);
    return false;
  }
}

async function mustBeAlive({ client }: Bench, error: unknown): Promise<void> {
  try {
    await client.query('SELECT 1');
  } catch {
    throw error;
  }
}
