import type { Actor } from '../../design/design.ts';
import type { RowRule } from '../../design/rules.ts';
import type { Breach } from '../../evidence/model.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { type BlindWrite, blindWrite } from './blind-write.ts';
import { type Candidate, deleteCandidates } from './candidates.ts';
import { barest, type Forbidden, forbidding, pastParent, tryForbidden } from './denied-by-privilege.ts';
import { Exercise } from './exercise.ts';
import { accessFaults } from './faults.ts';
import { parsePredicate } from './predicate.ts';
import { strayGrants } from './stray-grants.ts';
import { absentGuards, judge, type TableParameters, tableParameters } from './table-check.ts';
import { keyCondition, type Target, targetOf } from './target.ts';
import { tryWrites } from './try-writes.ts';
import { deleteWays } from './ways/delete-ways.ts';
import { Novelty } from './ways/novelty.ts';
import { tryWriteWays } from './ways/try-ways.ts';
import { everyWay } from './ways/write-way.ts';

/** What each actor can delete from a table is what the rule says. */
export const accessDelete = defineCheck({
  kind: 'access.delete',
  family: 'access',
  says: 'each actor can delete the rows that the rule gives it, and no other',
  parameters: tableParameters,
  needs: ['superuser', 'scratch-database'],
  tables: ({ table }) => [table],
  run: runDelete,
  faults: (context, { table }) => accessFaults(context, table, 'DELETE'),
});

async function* runDelete(
  context: CheckContext,
  { table }: TableParameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const target = targetOf(context, table);
  const rule = target.rules.delete;
  const breaches: Breach[] = [];
  const exercise = new Exercise('never' in rule ? [] : [parsePredicate(rule.where)]);
  const sound = new Map<Actor, readonly Candidate[]>();
  for (const actor of context.actors) {
    if (!('never' in rule)) {
      const all = await blindWrite(context, target, actor, blindDelete(target, rule), exercise);
      yield* all.sightings;
      breaches.push(...all.breaches);
      const candidates = await deleteCandidates(context, target, rule, actor);
      const tried = await tryWrites(context, target, actor, trialOf(target, rule), candidates);
      yield* tried.sightings;
      breaches.push(...tried.breaches);
      sound.set(actor, tried.sound);
    }
    const forbidden = await tryForbidden(
      context,
      actor,
      forbiddenDeletes(target, actor === context.actors[0]),
    );
    yield* forbidden.sightings;
    breaches.push(...forbidden.breaches);
    if (context.stopAtFirstBreach && breaches.length > 0) break;
  }
  // After all actors have been asked plainly: what the rule itself does not hold would show in every way again.
  const novelty = new Novelty();
  for (const [actor, candidates] of breaches.length > 0 ? [] : sound) {
    if ('never' in rule) break;
    const tries = await everyWay(context, target, actor, deleteWays, candidates, novelty);
    const tried = await tryWriteWays(context, target, actor, trialOf(target, rule), tries);
    yield* tried.sightings;
    breaches.push(...tried.breaches);
    if (context.stopAtFirstBreach && breaches.length > 0) break;
  }
  const grants = await strayGrants(context, target, 'DELETE');
  yield* grants.sightings;
  breaches.push(...grants.breaches);
  return judge(breaches, [...exercise.missing(), ...absentGuards(context, target)]);
}

function trialOf(target: Target, rule: RowRule) {
  return {
    command: 'DELETE' as const,
    says: rule.says,
    by: rule.by ?? [],
    statement: (candidate: Candidate) =>
      `DELETE FROM ${target.relation.identity} WHERE ${keyCondition(target, candidate.key)}`,
  };
}

function blindDelete(target: Target, rule: RowRule): BlindWrite {
  return {
    command: 'DELETE',
    statements: [`DELETE FROM ${target.relation.identity}`],
    says: rule.says,
    by: rule.by ?? [],
    where: rule.where,
    alias: '"row"',
  };
}

function forbiddenDeletes(target: Target, once: boolean): readonly Forbidden[] {
  const { rules, relation } = target;
  const table = relation.identity;
  const forbid = forbidding(target, 'DELETE');
  const own =
    'never' in rules.delete
      ? [forbid('DELETE', barest('DELETE', relation, target.stored), `delete from ${table}`)]
      : [];
  if (!once) return own;
  const truncate = forbid('TRUNCATE', `TRUNCATE ${table}`, `truncate ${table}`);
  const isTable = relation.kind === 'table' || relation.kind === 'partitioned table';
  return [...own, ...(isTable ? [truncate] : []), ...pastParent(target, 'DELETE', 'delete from')];
}
