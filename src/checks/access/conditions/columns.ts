import type { Node } from '@pgsql/types';
import pg from 'pg';
import { parseSync } from 'pgsql-parser';

/** The first name of each column that a tree mentions: its alias, or the column itself where it stands without one. */
export function aliasesOf(tree: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (Array.isArray(tree)) {
    for (const item of tree) aliasesOf(item, found);
  } else if (typeof tree === 'object' && tree !== null) {
    if ('ColumnRef' in tree) found.add(firstName(tree as Node) ?? '*');
    else for (const value of Object.values(tree)) aliasesOf(value, found);
  }
  return found;
}

/** An equality of two columns, neither of them the actor's. */
export function isLink(node: Node): boolean {
  if (!('A_Expr' in node)) return false;
  const { name, lexpr, rexpr } = node.A_Expr;
  const [operator] = name ?? [];
  const equal = operator !== undefined && 'String' in operator && operator.String.sval === '=';
  const sides = [lexpr, rexpr].map((side) => (side === undefined ? undefined : firstName(side)));
  return equal && sides.every((side) => side !== undefined && side !== 'actor');
}

/** A column of a table. */
export interface ColumnPlace {
  readonly table: string;
  readonly column: string;
}

/**
 * The columns that a condition mentions, by table as far as names can say it.
 *
 * @param around the expression that the condition stands in, with the FROM clauses that its aliases come from
 * @param own the table that a column without an alias is of, or one of `row`, `old` and the table's own name
 */
export function mentionedIn(condition: string, around: string, own: string): readonly ColumnPlace[] {
  const tables = new Map<string, string>();
  walk(parseSync(`SELECT (${around})`), (node) => {
    if (!('RangeVar' in node)) return;
    const { schemaname, relname = '', alias } = node.RangeVar;
    const table = [...(schemaname === undefined ? [] : [schemaname]), relname].map(quoted).join('.');
    tables.set(alias?.aliasname ?? relname, table);
  });
  const found = new Map<string, ColumnPlace>();
  walk(parseSync(`SELECT (${condition})`), (node) => {
    if (!('ColumnRef' in node)) return;
    const names = (node.ColumnRef.fields ?? []).flatMap((field) =>
      'String' in field ? [field.String.sval ?? ''] : [],
    );
    const [alias, column] = names.length === 1 ? [undefined, names[0]] : names.slice(-2);
    if (column === undefined || alias === 'actor') return;
    const table = (alias === undefined ? undefined : tables.get(alias)) ?? own;
    found.set(`${table} ${column}`, { table, column });
  });
  return [...found.values()];
}

/** As the catalogue quotes names: only where SQL needs it. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : pg.escapeIdentifier(name);
}

function walk(tree: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(tree)) {
    for (const item of tree) walk(item, visit);
  } else if (typeof tree === 'object' && tree !== null) {
    visit(tree as Node);
    for (const value of Object.values(tree)) walk(value, visit);
  }
}

function firstName(node: Node): string | undefined {
  if (!('ColumnRef' in node)) return undefined;
  const [first] = node.ColumnRef.fields ?? [];
  return first !== undefined && 'String' in first ? first.String.sval : undefined;
}
