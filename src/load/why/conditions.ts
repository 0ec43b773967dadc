import { below, kindOf, namesOf, parseExpression, partsOf, type Tree } from './sql-tree.ts';

/** Columns that a condition compares with something that does not depend on the row. */
export interface Compared {
  readonly equal: readonly string[];
  readonly range: readonly string[];
}

const noneCompared: Compared = { equal: [], range: [] };

/**
 * What an index could serve of a condition: one entry for a conjunction; for a disjunction one for each branch, all of which need an
 * index, or none. Needs `loadParser`.
 *
 * @param text as EXPLAIN prints it, its subplans included, or as pg_get_expr prints a policy
 * @param table alias, or bare name in a policy, that columns of the row go by inside subqueries
 */
export function comparedIn(text: string, table: string): readonly Compared[] {
  // What EXPLAIN prints for a subplan is no SQL; it may depend on the row.
  const sql = text.replaceAll(/\((?:hashed )?SubPlan \d+\)|\(alternatives: [^)]*\)/g, `(ctid)`);
  const tree = parseExpression(sql);
  return tree === undefined ? [] : branches(tree, table);
}

function branches(tree: unknown, table: string): readonly Compared[] {
  const parts = partsOf(tree, 'AND_EXPR');
  const plain = parts.map((part) => comparison(part, table)).reduce(merge, noneCompared);
  if (plain.equal.length > 0) return [plain];
  for (const part of parts) {
    const alternatives = partsOf(part, 'OR_EXPR');
    if (alternatives.length < 2) continue;
    const each = alternatives.map((branch) => (isRowFree(branch, table) ? [] : branches(branch, table)));
    // A branch without a column, such as "is an admin", is no row's business: only the others can have an index.
    const rowBound = each.filter((_, at) => !isRowFree(alternatives[at], table));
    if (rowBound.length > 0 && rowBound.every((found) => found.length > 0)) return rowBound.flat();
  }
  return plain.range.length > 0 ? [plain] : [];
}

function merge(one: Compared, other: Compared): Compared {
  return {
    equal: [...new Set([...one.equal, ...other.equal])],
    range: [...new Set([...one.range, ...other.range])],
  };
}

function comparison(part: unknown, table: string): Compared {
  const [kind, fields] = kindOf(part);
  if (kind === 'SubLink' && fields.subLinkType === 'ANY_SUBLINK') {
    const column = bareColumn(fields.testexpr);
    return column !== undefined && isRowFree(fields.subselect, table, true)
      ? { equal: [column], range: [] }
      : noneCompared;
  }
  if (kind !== 'A_Expr') return noneCompared;
  const operator = namesOf(fields.name).at(-1) ?? '';
  const sort = String(fields.kind);
  if (!['AEXPR_OP', 'AEXPR_OP_ANY', 'AEXPR_IN'].includes(sort)) return noneCompared;
  for (const [one, other] of [
    [fields.lexpr, fields.rexpr],
    [fields.rexpr, fields.lexpr],
  ]) {
    const column = bareColumn(one);
    if (column === undefined || !isRowFree(other, table)) continue;
    if (operator === '=') return { equal: [column], range: [] };
    if (sort === 'AEXPR_OP' && ['<', '>', '<=', '>='].includes(operator))
      return { equal: [], range: [column] };
  }
  return noneCompared;
}

/** No column of the row in it. In a subquery only those count that are qualified with the row's table. */
function isRowFree(node: unknown, table: string, inside = false): boolean {
  if (typeof node !== 'object' || node === null) return true;
  if (Array.isArray(node)) return node.every((each) => isRowFree(each, table, inside));
  return Object.entries(node).every(([kind, fields]) => {
    if (kind === 'ColumnRef') {
      const names = namesOf((fields as Tree).fields);
      return inside && !(names.length > 1 && names.at(-2) === table);
    }
    return isRowFree(fields, table, inside || kind === 'subselect');
  });
}

/** A column alone, cast or not. */
export function bareColumn(node: unknown): string | undefined {
  const [kind, fields] = kindOf(node);
  if (kind === 'TypeCast') return bareColumn(fields.arg);
  return kind === 'ColumnRef' ? namesOf(fields.fields).at(-1) : undefined;
}

/** A key that rows are sorted by, when it is a column: `t.created_at DESC`. */
export function sortColumn(key: string): { readonly column: string; readonly order: string } | undefined {
  const [, expression = '', order = ''] = /^(.*?)((?: DESC)?(?: NULLS (?:FIRST|LAST))?)$/s.exec(key) ?? [];
  const column = bareColumn(parseExpression(expression));
  return column === undefined ? undefined : { column, order };
}

/** Functions that an expression calls: `[schema, name]`, or `[name]` alone. */
export function calledIn(tree: unknown): readonly (readonly string[])[] {
  return below(tree, 'FuncCall').map(({ funcname }) => namesOf(funcname));
}
