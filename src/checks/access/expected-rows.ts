import type { Actor } from '../../design/design.ts';
import type { RowRule } from '../../design/rules.ts';
import type { CheckContext } from '../check.ts';
import { classesOf, type RowClass } from './exercise.ts';
import { parsePredicate } from './predicate.ts';
import { type RowSet, rowSetOf, rowSetSql } from './row-set.ts';
import { actorRelation, keyArray, type Target } from './target.ts';

/** The rows that a SELECT rule gives an actor, and the classes of all rows; computed once for all trials. */
export function expectedRows(
  context: CheckContext,
  target: Target,
  rule: RowRule,
  actor: Actor,
): Promise<{ readonly rows: RowSet; readonly classes: readonly RowClass[] }> {
  const table = target.relation.identity;
  const ruled = `${table} AS "row", ${actorRelation(context, actor)}`;
  return context.remember(`select ${table} ${actor.name}`, async () => {
    const [row] = await context.session.query(rowSetSql(target, '"row"', `${ruled} WHERE (${rule.where})`));
    const predicates = [parsePredicate(rule.where)];
    const classes = await classesOf(context.session, predicates, ruled, keyArray(target, '"row"'));
    return { rows: rowSetOf(row), classes };
  });
}
