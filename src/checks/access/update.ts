import type { UpdateRule } from '../../design/rules.ts';
import type { Breach } from '../../evidence/model.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { type BlindWrite, blindWrite } from './blind-write.ts';
import { type Candidate, updateCandidates } from './candidates.ts';
import { barest, type Forbidden, forbidding, pastParent, tryForbidden } from './denied-by-privilege.ts';
import { Exercise } from './exercise.ts';
import { accessFaults } from './faults.ts';
import { mentionedColumns, parsePredicate } from './predicate.ts';
import { judge, type TableParameters, tableParameters } from './table-check.ts';
import { ident, keyCondition, literal, type Target, targetOf } from './target.ts';
import { tryWrites } from './try-writes.ts';

/** What each actor can change in a table, and into what, is what the rule says. */
export const accessUpdate = defineCheck({
  kind: 'access.update',
  family: 'access',
  says: 'each actor can change the rows, the columns and to the values that the rule allows, and nothing else',
  parameters: tableParameters,
  needs: ['superuser', 'scratch-database'],
  tables: ({ table }) => [table],
  run: runUpdate,
  faults: (context, { table }) => accessFaults(context, table, 'UPDATE'),
});

async function* runUpdate(
  context: CheckContext,
  { table }: TableParameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const target = targetOf(context, table);
  const rule = target.rules.update;
  const breaches: Breach[] = [];
  const rows = new Exercise('never' in rule ? [] : [parsePredicate(rule.where)]);
  const changes = new Exercise('never' in rule ? [] : [parsePredicate(rule.to)]);
  for (const actor of context.actors) {
    if (!('never' in rule)) {
      const all = await blindWrite(context, target, actor, blindUpdate(context, target, rule), rows);
      yield all.sighting;
      breaches.push(...all.breaches);
      const candidates = await updateCandidates(context, target, rule, actor);
      const tried = await tryWrites(context, target, actor, trialOf(target, rule), candidates);
      for (const vector of tried.exercised) if (vector !== '') changes.note(vector);
      yield* tried.sightings;
      breaches.push(...tried.breaches);
    }
    const forbidden = await tryForbidden(
      context,
      actor,
      forbiddenUpdates(target, actor === context.actors[0]),
    );
    yield* forbidden.sightings;
    breaches.push(...forbidden.breaches);
    if (context.stopAtFirstBreach && breaches.length > 0) break;
  }
  return judge(breaches, [...new Set([...rows.missing(), ...changes.missing()])]);
}

function trialOf(target: Target, rule: UpdateRule) {
  return {
    command: 'UPDATE' as const,
    says: rule.says,
    by: rule.by ?? [],
    statement: (candidate: Candidate) => updateStatement(target, candidate),
  };
}

/** `UPDATE t SET a = '…' WHERE key`: literals, so that evidence can be run as it is. */
export function updateStatement(target: Target, candidate: Candidate): string {
  const column = candidate.column ?? '';
  const value = candidate.values[column];
  const set = `${ident(column)} = ${value == null ? 'NULL' : literal(value)}`;
  return `UPDATE ${target.relation.identity} SET ${set} WHERE ${keyCondition(target, candidate.key)}`;
}

function blindUpdate(context: CheckContext, target: Target, rule: UpdateRule): BlindWrite {
  return {
    command: 'UPDATE',
    statement: `UPDATE ${target.relation.identity} SET ${neutralChange(context, target, rule)}`,
    says: rule.says,
    by: rule.by ?? [],
    where: rule.where,
    alias: '"old"',
  };
}

/**
 * A change that needs no SELECT privilege, since one that reads a column would meet the SELECT policy too: a column set to
 * its default. One that no policy looks at and no unique index holds, where there is one.
 */
function neutralChange(context: CheckContext, target: Target, rule: UpdateRule): string {
  const table = target.relation.identity;
  const looked = new Set(
    context.catalog.policies
      .filter((policy) => policy.relation === table)
      .flatMap((policy) => [policy.using, policy.withCheck])
      .flatMap((text) => (text === null ? [] : [...mentionedColumns(text)])),
  );
  const unique = new Set(
    context.catalog.indexes
      .filter((index) => index.relation === table && index.unique)
      .flatMap((index) => index.columns),
  );
  const free = target.stored.filter(
    (column) =>
      rule.columns.includes(column.name) &&
      (column.default !== null || !column.notNull) &&
      !unique.has(column.name),
  );
  const chosen = free.find((column) => !looked.has(column.name)) ?? free[0];
  const first = ident(rule.columns[0] ?? '');
  return chosen === undefined ? `${first} = ${first}` : `${ident(chosen.name)} = DEFAULT`;
}

function forbiddenUpdates(target: Target, once: boolean): readonly Forbidden[] {
  const { rules, relation } = target;
  const table = relation.identity;
  const forbid = forbidding(target, 'UPDATE');
  const allowed = 'never' in rules.update ? [] : rules.update.columns;
  const own =
    'never' in rules.update
      ? [forbid('UPDATE', barest('UPDATE', relation, target.stored), `change ${table}`)]
      : [];
  if (!once) return own;
  const withheld = target.stored.filter(({ name }) => !allowed.includes(name));
  return [
    ...own,
    ...withheld.map((column) =>
      forbid(
        `UPDATE of ${column.name}`,
        barest('UPDATE', relation, [column]),
        `change ${column.name} of ${table}`,
      ),
    ),
    ...pastParent(target, 'UPDATE', 'change'),
  ];
}
