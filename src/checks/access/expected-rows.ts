import type { Actor } from '../../design/design.ts';
import type { RowRule } from '../../design/rules.ts';
import type { CheckContext } from '../check.ts';
import { classesFor } from './classes-by-actor.ts';
import { type RowClass, rowsWhere } from './exercise.ts';
import { parsePredicate } from './predicate.ts';
import { contentSql, type RowSet, readableColumns } from './row-set.ts';
import { keyArray, type Target } from './target.ts';

/** The rows that a SELECT rule gives an actor, and the classes of all rows; computed once for all trials. */
export async function expectedRows(
  context: CheckContext,
  target: Target,
  rule: RowRule,
  actor: Actor,
): Promise<{ readonly rows: RowSet; readonly classes: readonly RowClass[] }> {
  const table = target.relation.identity;
  const predicate = parsePredicate(rule.where);
  const classes = await classesFor(context, actor, `select ${table}`, {
    relation: `${table} AS "row"`,
    predicates: [predicate],
    key: keyArray(target, '"row"'),
    content: contentSql('"row"', readableColumns(target)),
  });
  return { rows: rowsWhere(predicate, classes), classes };
}
