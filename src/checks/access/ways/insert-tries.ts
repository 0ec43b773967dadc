import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import type { Candidate } from '../candidates.ts';
import type { Target } from '../target.ts';
import { conflicts } from './conflict.ts';
import { insertWays, readingInsertWays } from './insert-ways.ts';
import type { Novelty } from './novelty.ts';
import { onceAdded, readable } from './readable.ts';
import type { WriteTry } from './write-way.ts';

/** So many rows that may be added are looked at, each judged otherwise than the rest. */
const looked = 8;

/** What to try of INSERT with a few candidates that went as the rule says in the plain form. */
export async function insertTries(
  context: CheckContext,
  target: Target,
  actor: Actor,
  sound: readonly Candidate[],
  novelty: Novelty,
): Promise<readonly WriteTry[]> {
  const allowed = onePerVector(sound.filter((candidate) => candidate.allowed)).slice(0, looked);
  const readableOnes = await readable(context, target, actor, allowed);
  const those = (given: boolean) =>
    allowed.filter(
      (candidate, index) =>
        readableOnes[index] === given &&
        novelty.take(actor, `${given ? 'seen' : 'unseen'} ${candidate.vector}`),
    );
  const [toBeSeen, notToBeSeen] = [those(true), those(false)];
  const seen = await onceAdded(context, target, actor, toBeSeen, true);
  const unseen = await onceAdded(context, target, actor, notToBeSeen, false);
  // The first are refused by one condition alone where there are.
  const refused = sound
    .filter((candidate) => !candidate.allowed)
    .slice(0, 2)
    .filter(({ vector }) => novelty.take(actor, `refused ${vector}`));
  const first = seen ?? unseen ?? toBeSeen[0] ?? notToBeSeen[0];
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
    ...(seen === undefined ? [] : await conflicts(context, target, actor, seen, novelty)),
  ];
}

function onePerVector(candidates: readonly Candidate[]): readonly Candidate[] {
  const first = new Map<string, Candidate>();
  for (const candidate of candidates) {
    if (!first.has(candidate.vector)) first.set(candidate.vector, candidate);
  }
  return [...first.values()];
}
