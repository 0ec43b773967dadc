import { checkOf } from '../checks/index.ts';
import type { Claim } from '../design/design.ts';
import { type Bench, type Memory, runTrial } from '../scenarios/trial.ts';
import { faultOf, InvalidMutant, type Mutant } from './mutant.ts';
import type { MutantResult } from './report.ts';
import { Telling } from './telling.ts';

/** What the healthy database showed of the claims. */
export interface Baseline {
  readonly memory: Memory;
  /** Claims that hold, with what their data left undecided. */
  readonly sound: ReadonlyMap<string, readonly string[]>;
}

/** Runs the claims with the mutant in, one after the other, until one is refuted. Throws when the server is gone. */
export async function tryMutant(
  bench: Bench,
  mutant: Mutant,
  claims: readonly Claim[],
  { memory, sound }: Baseline,
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
  for (const claim of telling.claims(claims)) {
    const check = claim.check === undefined ? undefined : checkOf(claim.check.kind);
    if (claim.check === undefined || check === undefined) continue;
    try {
      const actors = telling.actors(claim.id, bench.actors);
      const trial = await runTrial({ ...bench, actors }, check, claim.check, { memory, fault });
      const [breach] = trial.breaches;
      if (trial.outcome === 'broken' && breach !== undefined) {
        telling.note(claim.id, breach.actor);
        return { ...head, fate: 'killed', by: { claim: claim.id, says: breach.says, object: breach.object } };
      }
    } catch (error) {
      if (error instanceof InvalidMutant) {
        return { ...head, fate: 'invalid', stumbles: [{ error: error.message }] };
      }
      await mustBeAlive(bench, error);
      stumbles.push({ claim: claim.id, error: (error as Error).message });
    }
    for (const each of sound.get(claim.id) ?? []) undecided.add(`${claim.id}: ${each}`);
  }
  if (mutant.equivalentIfSurvives !== undefined && stumbles.length === 0) {
    return { ...head, fate: 'equivalent', before, after, reason: mutant.equivalentIfSurvives };
  }
  return {
    ...head,
    fate: stumbles.length > 0 ? 'stumbled' : 'survived',
    before,
    after,
    tried: claims.map((claim) => claim.id),
    ...(stumbles.length > 0 ? { stumbles } : {}),
    ...(undecided.size > 0 ? { undecided: [...undecided] } : {}),
  };
}

async function mustBeAlive({ client }: Bench, error: unknown): Promise<void> {
  try {
    await client.query('SELECT 1');
  } catch {
    throw error;
  }
}
