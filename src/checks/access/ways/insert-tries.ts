import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import type { Candidate } from '../candidates.ts';
import type { Target } from '../target.ts';
import { conflicts } from './conflict.ts';
import { insertWays, readingInsertWays } from './insert-ways.ts';
import { onceAdded, readable } from './readable.ts';
import type { WriteTry } from './write-way.ts';

/** What to try of INSERT with a few candidates that went as the rule says in the plain form. */
export async function insertTries(
  context: CheckContext,
  target: Target,
  actor: Actor,
  sound: readonly Candidate[],
): Promise<readonly WriteTry[]> {
  const allowed = sound.filter((candidate) => candidate.allowed);
  const readableOnes = await readable(context, target, actor, allowed);
  const those = (given: boolean) => allowed.filter((_, index) => readableOnes[index] === given);
  const seen = await onceAdded(context, target, actor, those(true), true);
  const unseen = await onceAdded(context, target, actor, those(false), false);
  // The first are refused by one condition alone where there are.
  const refused = sound.filter((candidate) => !candidate.allowed).slice(0, 2);
  const first = seen ?? allowed[0];
  const plain = first === undefined ? refused : [first, ...refused];
  const ways = (list: typeof insertWays) => list.filter((way) => way.applies(target));
  const seenOrNot = [seen, unseen].filter((candidate) => candidate !== undefined);
  return [
    ...ways(insertWays).flatMap((way) =>
      plain.map((candidate) => ({ way, candidate, allowed: candidate.allowed })),
    ),
    ...ways(readingInsertWays).flatMap((way) => [
      ...refused.map((candidate) => ({ way, candidate, allowed: false })),
      ...seenOrNot.map((candidate) => ({ way, candidate, allowed: candidate === seen })),
    ]),
    ...(seen === undefined ? [] : await conflicts(context, target, actor, seen)),
  ];
}
