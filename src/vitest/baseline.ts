import type { Sighting } from '../checks/check.ts';
import type { Claim } from '../design/design.ts';
import type { Breach } from '../evidence/model.ts';
import type { TrialResult } from '../scenarios/trial.ts';

/** What one test of a claim looks at: one actor, or whatever concerns none. */
export type Share =
  | { readonly kind: 'actor'; readonly actor: string; readonly name: string }
  | { readonly kind: 'rest'; readonly name: string }
  | { readonly kind: 'all'; readonly name: string };

/** What a claim's check showed, shared out to its tests. */
export interface Part {
  readonly breaches: readonly Breach[];
  readonly disagreeing: readonly Sighting[];
  readonly unexercised: readonly string[];
  /** How much was looked at; nothing at all is no proof. */
  readonly looked: number;
}

/** The tests of a claim: known before it runs, from its kind and the design's actors. */
export function sharesOf(claim: Claim, actors: readonly string[]): readonly Share[] {
  const kind = claim.check?.kind ?? '';
  const what = /^access\.(select|insert|update|delete)$/.exec(kind)?.[1]?.toUpperCase();
  if (what === undefined && kind !== 'audit.recorded') return [{ kind: 'all', name: 'holds' }];
  return [
    ...actors.map((actor) => ({ kind: 'actor' as const, actor, name: `${actor} · ${what ?? 'changes'}` })),
    { kind: 'rest', name: 'all else, and that nothing is left untried' },
  ];
}

/** The part of a result that a test answers for. Parts of one result together hold all that went wrong. */
export function partOf(result: TrialResult, share: Share, actors: readonly string[]): Part {
  const mine = (actor: string | undefined): boolean => {
    if (share.kind === 'all') return true;
    if (share.kind === 'actor') return actor === share.actor;
    return actor === undefined || !actors.includes(actor);
  };
  const sightings = result.sightings.filter(({ actor }) => mine(actor));
  return {
    breaches: result.outcome === 'broken' ? result.breaches.filter(({ actor }) => mine(actor)) : [],
    disagreeing: result.outcome === 'broken' ? sightings.filter(({ agrees }) => !agrees) : [],
    unexercised:
      share.kind === 'actor' || result.outcome !== 'not-exercised'
        ? []
        : result.unexercised.length > 0
          ? result.unexercised
          : [result.reason ?? 'something'],
    looked: sightings.length,
  };
}
