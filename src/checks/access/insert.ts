import type { Actor } from '../../design/design.ts';
import type { InsertRule } from '../../design/rules.ts';
import type { Breach } from '../../evidence/model.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { type Candidate, insertCandidates } from './candidates.ts';
import { barest, type Forbidden, forbidding, pastParent, tryForbidden } from './denied-by-privilege.ts';
import { Exercise } from './exercise.ts';
import { accessFaults } from './faults.ts';
import { parsePredicate } from './predicate.ts';
import { insertStatement } from './statements.ts';
import { strayGrants } from './stray-grants.ts';
import { absentGuards, judge, type TableParameters, tableParameters } from './table-check.ts';
import { isIdentified, type Target, targetOf } from './target.ts';
import { tryWrites, type WriteTrial } from './try-writes.ts';
import { tryCopyFrom } from './ways/copy-from.ts';
import { insertTries } from './ways/insert-tries.ts';
import { Novelty } from './ways/novelty.ts';
import { tryWriteWays } from './ways/try-ways.ts';

export { insertStatement } from './statements.ts';

/** What each actor can add to a table is what the rule says. */
export const accessInsert = defineCheck({
  kind: 'access.insert',
  family: 'access',
  says: 'each actor can add the rows that the rule allows, and no other',
  parameters: tableParameters,
  needs: ['superuser', 'scratch-database'],
  tables: ({ table }) => [table],
  run: runInsert,
  faults: (context, { table }) => accessFaults(context, table, 'INSERT'),
});

async function* runInsert(
  context: CheckContext,
  { table }: TableParameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const target = targetOf(context, table);
  const rule = target.rules.insert;
  const breaches: Breach[] = [];
  const exercise = new Exercise('never' in rule ? [] : [parsePredicate(rule.where)]);
  const sound = new Map<Actor, readonly Candidate[]>();
  for (const actor of context.actors) {
    if (!('never' in rule)) {
      const candidates = await insertCandidates(context, target, rule, actor);
      const tried = await tryWrites(context, target, actor, trialOf(target, rule), candidates);
      for (const vector of tried.exercised) exercise.note(vector, isIdentified(actor));
      yield* tried.sightings;
      breaches.push(...tried.breaches);
      sound.set(actor, tried.sound);
      const plain = await tryWrites(
        context,
        target,
        actor,
        defaultsTrial(target, rule),
        firstAllowed(candidates),
      );
      yield* plain.sightings;
      breaches.push(...plain.breaches);
    }
    const forbidden = await tryForbidden(
      context,
      actor,
      forbiddenInserts(target, actor === context.actors[0]),
    );
    yield* forbidden.sightings;
    breaches.push(...forbidden.breaches);
    if (context.stopAtFirstBreach && breaches.length > 0) break;
  }
  // After all actors have been asked plainly: what the rule itself does not hold would show in every way again.
  const novelty = new Novelty();
  for (const [actor, candidates] of breaches.length > 0 ? [] : sound) {
    if ('never' in rule) break;
    const tries = await insertTries(context, target, actor, candidates, novelty);
    const tried = await tryWriteWays(context, target, actor, trialOf(target, rule), tries);
    const copied = await tryCopyFrom(context, target, actor, novelty);
    yield* [...tried.sightings, ...copied.sightings];
    breaches.push(...tried.breaches, ...copied.breaches);
    if (context.stopAtFirstBreach && breaches.length > 0) break;
  }
  const grants = await strayGrants(context, target, 'INSERT');
  yield* grants.sightings;
  breaches.push(...grants.breaches);
  return judge(breaches, [...exercise.missing(), ...absentGuards(context, target)]);
}

function trialOf(target: Target, rule: InsertRule): WriteTrial {
  return {
    command: 'INSERT',
    says: rule.says,
    by: rule.by ?? [],
    statement: (candidate: Candidate) => insertStatement(target, candidate.values),
  };
}

/**
 * As an application adds a row: what has a default and is of no interest to the rule is left to it. A default may need a
 * privilege of its own, on a sequence or a function.
 */
function defaultsTrial(target: Target, rule: InsertRule): WriteTrial {
  const mentioned = parsePredicate(rule.where).columns.get('new') ?? new Set<string>();
  const left = new Set(
    target.stored
      .filter(({ name, default: by }) => by !== null && !mentioned.has(name))
      .map(({ name }) => name),
  );
  return {
    ...trialOf(target, rule),
    way: 'INSERT with defaults',
    statement: ({ values }) =>
      insertStatement(target, Object.fromEntries(Object.entries(values).filter(([name]) => !left.has(name)))),
  };
}

/** A few are enough: one of them may be stopped by a constraint. */
function firstAllowed(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.filter(({ allowed }) => allowed).slice(0, 2);
}

function forbiddenInserts(target: Target, once: boolean): readonly Forbidden[] {
  const { rules, relation } = target;
  const table = relation.identity;
  const forbid = forbidding(target, 'INSERT');
  if ('never' in rules.insert) {
    const own = forbid('INSERT', barest('INSERT', relation, target.stored), `add to ${table}`);
    return [own, ...(once ? pastParent(target, 'INSERT', 'add to') : [])];
  }
  if (!once) return [];
  const { columns } = rules.insert;
  const withheld = columns === undefined ? [] : target.stored.filter(({ name }) => !columns.includes(name));
  return [
    ...withheld.map((column) =>
      forbid(
        `INSERT of ${column.name}`,
        barest('INSERT', relation, [column]),
        `give ${column.name} when adding to ${table}`,
      ),
    ),
    ...pastParent(target, 'INSERT', 'add to'),
  ];
}
