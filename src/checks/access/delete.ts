import type { Actor } from '../../design/design.ts';
import type { RowRule } from '../../design/rules.ts';
import type { Breach } from '../../evidence/model.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { blame } from './blame.ts';
import { type Candidate, deleteCandidates } from './candidates.ts';
import { barest, type Forbidden, tryForbidden } from './denied-by-privilege.ts';
import { classesOf, Exercise } from './exercise.ts';
import { accessFaults } from './faults.ts';
import { describeOutcome, outcomeOf } from './outcome.ts';
import { parsePredicate } from './predicate.ts';
import { reproduceAs } from './reproduce.ts';
import { describeRows, rowSetOf, rowSetSql, sameRows } from './row-set.ts';
import { judge, type TableParameters, tableParameters } from './table-check.ts';
import { actorRelation, identityOf, keyCondition, type Target, targetOf } from './target.ts';
import { tryWrites } from './try-writes.ts';

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
  for (const actor of context.actors) {
    if (!('never' in rule)) {
      const all = await deleteAll(context, target, rule, actor, exercise);
      yield all.sighting;
      breaches.push(...all.breaches);
      const candidates = await deleteCandidates(context, target, rule, actor);
      const tried = await tryWrites(context, target, actor, trialOf(target, rule), candidates);
      yield* tried.sightings;
      breaches.push(...tried.breaches);
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
  return judge(breaches, exercise.missing());
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

/**
 * One DELETE of everything, without WHERE: only the DELETE policy stands in its way, and the rows that are left say exactly
 * which it let through. Triggers and foreign keys are off, so that they cannot hide the policy.
 */
async function deleteAll(
  context: CheckContext,
  target: Target,
  rule: RowRule,
  actor: Actor,
  exercise: Exercise,
): Promise<{ readonly sighting: Sighting; readonly breaches: readonly Breach[] }> {
  const { session } = context;
  const table = target.relation.identity;
  const ruled = `${table} AS "row", ${actorRelation(context, actor)}`;
  const left = rowSetSql(target, '"row"', `${table} AS "row"`, [...target.rules.key]);
  const expected = await context.remember(
    `delete all ${target.relation.identity} ${actor.name}`,
    async () => {
      const kept = `${ruled} WHERE NOT coalesce((${rule.where}), false)`;
      const [row] = await session.query(rowSetSql(target, '"row"', kept, [...target.rules.key]));
      const [total] = await session.query(`SELECT count(*)::int AS rows FROM ${table}`);
      const classes = await classesOf(session, [parsePredicate(rule.where)], ruled);
      return { left: rowSetOf(row), total: Number(total?.rows), classes };
    },
  );
  for (const { vector } of expected.classes) exercise.note(vector);

  const statement = `DELETE FROM ${table}`;
  const result = await session.as(identityOf(context, actor, false), async () => {
    const outcome = outcomeOf(await session.attempt(statement, [], true));
    await session.resume();
    const [row] = await session.query(left);
    return { outcome, left: rowSetOf(row) };
  });
  const agrees =
    sameRows(expected.left, result.left) &&
    (result.outcome.kind === 'done' || result.outcome.kind === 'untouched');
  const right = describeRows({ rows: expected.total - expected.left.rows, digest: '' });
  const gone = describeRows({ rows: expected.total - result.left.rows, digest: '' });
  const actual =
    result.outcome.kind === 'done' || result.outcome.kind === 'untouched'
      ? `${gone} deleted`
      : describeOutcome(result.outcome);
  const role = context.design.request.role;
  const sighting: Sighting = {
    subject: table,
    actor: actor.name,
    command: 'DELETE',
    way: 'DELETE of everything',
    role,
    statement,
    expected: `${right} deleted`,
    actual,
    agrees,
    tried: expected.total,
  };
  if (agrees) return { sighting, breaches: [] };
  const breach: Breach = {
    says: `${actor.name} deletes other rows of ${table} than the rule gives it`,
    actor: actor.name,
    object: await blame(session, target, 'DELETE', role, rule.by),
    expected: `${right} deleted: ${rule.says}`,
    actual,
    reproduce: reproduceAs(context, actor, statement, `DELETE ${expected.total - expected.left.rows}`, false),
  };
  return { sighting, breaches: [breach] };
}

function forbiddenDeletes(target: Target, once: boolean): Forbidden[] {
  const { rules, relation } = target;
  const remove = (name: string, way: string, statement: string, says: string): Forbidden => ({
    relation: name,
    command: 'DELETE',
    way,
    statement,
    says,
  });
  return [
    ...('never' in rules.delete
      ? [
          remove(
            relation.identity,
            'DELETE',
            barest('DELETE', relation, target.stored),
            `delete from ${relation.identity}`,
          ),
        ]
      : []),
    ...(once && relation.kind !== 'materialized view' && relation.kind !== 'view'
      ? [
          remove(
            relation.identity,
            'TRUNCATE',
            `TRUNCATE ${relation.identity} CASCADE`,
            `truncate ${relation.identity}`,
          ),
        ]
      : []),
    ...(once ? target.partitions : []).map((partition) =>
      remove(
        partition.identity,
        'partition by name',
        barest('DELETE', partition, target.stored),
        `delete from ${partition.identity} past its parent`,
      ),
    ),
  ];
}
