import type { Command } from '../catalog/catalog.ts';
import { wayNames } from '../checks/access/ways/names.ts';
import type { Sighting } from '../checks/check.ts';
import type { Claim } from '../design/design.ts';
import type { AccessRules } from '../design/rules.ts';
import type { Breach } from '../evidence/model.ts';
import type { TrialResult } from '../scenarios/trial.ts';

/** What one test of a claim looks at: one actor, one way in of all actors, or whatever concerns none. */
export type Share =
  /** Without the ways that have tests of their own. */
  | {
      readonly kind: 'actor';
      readonly actor: string;
      readonly name: string;
      readonly ways: readonly string[];
    }
  | { readonly kind: 'way'; readonly way: string; readonly name: string }
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

/**
 * The tests of a claim: known before it runs, from its kind, its rule and the design's actors. The ways are those of the command; whether a
 * table takes them all is seen when they are tried.
 */
export function sharesOf(
  claim: Claim,
  actors: readonly string[],
  access: readonly AccessRules[],
): readonly Share[] {
  const { kind = '', table } = claim.check ?? { kind: '' };
  const command = /^access\.(select|insert|update|delete)$/.exec(kind)?.[1]?.toUpperCase() as
    | Command
    | undefined;
  if (command === undefined && kind !== 'audit.recorded') return [{ kind: 'all', name: 'holds' }];
  const rules = access.find((each) => each.table === table);
  const ways =
    command === undefined || rules === undefined || isNever(rules, command) ? [] : wayNames[command];
  return [
    ...actors.map((actor) => ({
      kind: 'actor' as const,
      actor,
      name: `${actor} · ${command ?? 'changes'}`,
      ways,
    })),
    ...ways.map((way) => ({ kind: 'way' as const, way, name: way })),
    { kind: 'rest', name: 'all else, and that nothing is left untried' },
  ];
}

function isNever(rules: AccessRules, command: Command): boolean {
  const { select, insert, update, delete: remove } = rules;
  return 'never' in { SELECT: select, INSERT: insert, UPDATE: update, DELETE: remove }[command];
}

/** The part of a result that a test answers for. Parts of one result together hold all that went wrong. */
export function partOf(result: TrialResult, share: Share, actors: readonly string[]): Part {
  const sightings = result.sightings.filter(({ actor, way }) => isShare(share, actors, actor, way));
  const broken = result.outcome === 'broken';
  return {
    breaches: broken
      ? result.breaches.filter((each) => isShare(share, actors, each.actor, wayOf(each, result)))
      : [],
    disagreeing: broken ? sightings.filter(({ agrees }) => !agrees) : [],
    unexercised:
      share.kind === 'actor' || share.kind === 'way' || result.outcome !== 'not-exercised'
        ? []
        : result.unexercised.length > 0
          ? result.unexercised
          : [result.reason ?? 'something'],
    looked: sightings.length,
  };
}

function isShare(
  share: Share,
  actors: readonly string[],
  actor: string | undefined,
  way: string | undefined,
): boolean {
  switch (share.kind) {
    case 'all':
      return true;
    case 'actor':
      return actor === share.actor && !(way !== undefined && share.ways.includes(way));
    case 'way':
      return actor !== undefined && actors.includes(actor) && way === share.way;
    case 'rest':
      return actor === undefined || !actors.includes(actor);
  }
}

/** The way that a breach came by: its script holds the statement. One statement may hold another, so that the longest counts. */
function wayOf({ actor, reproduce }: Breach, { sightings }: TrialResult): string | undefined {
  const of = sightings.filter(
    (seen) => !seen.agrees && seen.actor === actor && reproduce?.includes(seen.statement) === true,
  );
  return of.sort((a, b) => b.statement.length - a.statement.length)[0]?.way;
}
