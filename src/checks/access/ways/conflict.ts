import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import { type Candidate, updateCandidates } from '../candidates.ts';
import { assignment, insertStatement } from '../statements.ts';
import { actorRelation, columnList, ident, keyCondition, literal, type Target } from '../target.ts';
import { newRow } from './readable.ts';
import { fewOf, takesRows, type WriteTry } from './write-way.ts';

/**
 * INSERT … ON CONFLICT DO UPDATE that meets a row. It must pass everything at once: the INSERT rule for the row that it brings, the
 * SELECT rule for that row, for the one that is there and for what becomes of it, and the UPDATE rule.
 *
 * @param bring a row that the actor may add and read; it is brought with the key of one that is there
 */
export async function conflicts(
  context: CheckContext,
  target: Target,
  actor: Actor,
  bring: Candidate,
): Promise<readonly WriteTry[]> {
  const { insert, select, update, key } = target.rules;
  if ('never' in insert || 'never' in select || !takesRows(target) || !isArbiter(context, target)) return [];
  if (!key.every((name) => name in bring.values)) return [];
  if ('never' in update) {
    const [first = ''] = key;
    const set = `${ident(first)} = excluded.${ident(first)}`;
    return [tryOf(target, bring, bring.values, set, false)];
  }
  const tries: WriteTry[] = [];
  const changes = await updateCandidates(context, target, update, actor);
  for (const change of await fewOf(context, target, actor, changes)) {
    const met = Object.fromEntries(key.map((name, index) => [name, change.key[index] ?? null]));
    const values = { ...bring.values, ...met };
    const there = `SELECT * FROM ${target.relation.identity} WHERE ${keyCondition(target, change.key)}`;
    const holds = (rule: string, alias: string, row: string) =>
      `EXISTS (SELECT FROM (${row}) AS ${alias} WHERE (${rule}))`;
    const [row] = await context.session.query(
      `SELECT ${[
        holds(insert.where, '"new"', newRow(target, values)),
        holds(select.where, '"row"', newRow(target, values)),
        holds(select.where, '"row"', there),
        holds(select.where, '"row"', `SELECT ${changed(target, change)} FROM (${there}) AS there`),
      ].join(' AND ')} AS allowed FROM ${actorRelation(context, actor)}`,
    );
    const allowed = change.allowed && row?.allowed === true;
    tries.push(tryOf(target, change, values, assignment(change), allowed));
  }
  return tries;
}

function tryOf(
  target: Target,
  candidate: Candidate,
  values: Candidate['values'],
  set: string,
  allowed: boolean,
): WriteTry {
  const statement = `${insertStatement(target, values)} ON CONFLICT (${columnList(target.rules.key)}) DO UPDATE SET ${set}`;
  return {
    way: { name: 'INSERT … ON CONFLICT DO UPDATE', applies: takesRows, statement: () => statement },
    candidate,
    allowed,
  };
}

/** The columns of the row as the change leaves it. */
function changed(target: Target, { column, values }: Candidate): string {
  return target.columns
    .map(({ name, type }) => {
      if (name !== column) return `there.${ident(name)}`;
      const value = values[name];
      return `${value == null ? 'NULL' : literal(value)}::${type} AS ${ident(name)}`;
    })
    .join(', ');
}

/** The rule's key is what a unique index without a predicate holds: ON CONFLICT can name it. */
function isArbiter(context: CheckContext, target: Target): boolean {
  const key = new Set(target.rules.key);
  return context.catalog.indexes.some(
    (index) =>
      index.relation === target.relation.identity &&
      index.unique &&
      index.predicate === null &&
      index.columns.length === key.size &&
      index.columns.every((column) => column !== null && key.has(column)),
  );
}
