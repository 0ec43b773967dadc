import type { PlannedClaim } from './model.ts';
import type { Verdict } from './verdict.ts';

/** Where a claim stands; `outside` ones are not part of the scenario and do not count, nor do `waived` ones. */
export type Standing = Verdict | 'waived' | 'outside';

/**
 * Where a claim stands by its verdict and its waiver. A waiver that has not expired on the day on which the run starts lies
 * over whatever is not proved; one that has refutes it.
 */
export function standingOf(
  planned: PlannedClaim,
  verdict: Verdict,
  reason: string | undefined,
  startedAt: string,
): { readonly standing: Exclude<Standing, 'outside'>; readonly reason?: string } {
  const { waiver } = planned;
  const own = reason === undefined ? {} : { reason };
  if (waiver === undefined || verdict === 'proved') return { standing: verdict, ...own };
  const verdictSays = reason === undefined ? verdict : `${verdict}: ${reason}`;
  if (startedAt.slice(0, 10) > waiver.expires) {
    return {
      standing: 'refuted',
      reason: `the waiver of ${waiver.owner} expired on ${waiver.expires}; ${verdictSays}`,
    };
  }
  return {
    standing: 'waived',
    reason: `${verdictSays}; waived by ${waiver.owner} until ${waiver.expires}: ${waiver.reason}`,
  };
}
