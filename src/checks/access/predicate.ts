import type { Node } from '@pgsql/types';
import { deparseSync, loadModule, parseSync } from 'pgsql-parser';

/**
 * A rule's condition, taken apart on its parse tree: the AND/OR skeleton and its atoms. NOT, EXISTS and comparisons are
 * atoms: AND and OR are monotone, so an atom's NULL may count as false without changing the whole.
 */
export interface Predicate {
  readonly text: string;
  readonly atoms: readonly string[];
  readonly formula: Formula;
  /** Columns that the condition mentions, by alias (`row`, `old`, `new`), anywhere below. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  /** Columns compared for equality with an attribute of the actor. */
  readonly own: readonly { readonly column: string; readonly attribute: string }[];
  /** Functions that it calls, as written. */
  readonly functions: readonly string[];
}

export type Formula =
  | { readonly kind: 'atom'; readonly index: number }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Formula[] };

const cache = new Map<string, Predicate>();

/** Loads the parser; needed once before `parsePredicate`. */
export const loadParser: () => Promise<void> = loadModule;

/** Parses a condition. Throws an Error with the parser's message when it is not one SQL expression. */
export function parsePredicate(text: string): Predicate {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const root = expressionOf(text);
  const atoms: string[] = [];
  const formula = skeleton(root, atoms);
  const predicate = { text, atoms, formula, ...mentions(root) };
  cache.set(text, predicate);
  return predicate;
}

/** The formula as SQL, with `atom(i)` for each atom. */
export function formulaSql(formula: Formula, atom: (index: number) => string): string {
  if (formula.kind === 'atom') return atom(formula.index);
  return `(${formula.parts.map((part) => formulaSql(part, atom)).join(formula.kind === 'and' ? ' AND ' : ' OR ')})`;
}

/** Column names without an alias, or with one of `aliases`, that an expression mentions: for policies. */
export function mentionedColumns(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  walk(expressionOf(text), (node) => {
    if (!('ColumnRef' in node)) return;
    const name = fieldNames(node.ColumnRef.fields).at(-1);
    if (name !== undefined) found.add(name);
  });
  return found;
}

/** The one expression that a text is; text that would end it and go on with something else is refused. */
function expressionOf(text: string): Node {
  const [parsed, ...statements] = parseSync(`SELECT (${text})`).stmts ?? [];
  const statement = parsed?.stmt;
  const select = statement !== undefined && 'SelectStmt' in statement ? statement.SelectStmt : undefined;
  const [target, ...targets] = select?.targetList ?? [];
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
  const more = Object.keys(select ?? {}).filter((key) => !['targetList', 'limitOption', 'op'].includes(key));
  if (value === undefined || statements.length + targets.length + more.length > 0) {
    throw new Error(`not one SQL expression: ${text}`);
  }
  return value;
}

function skeleton(node: Node, atoms: string[]): Formula {
  if ('BoolExpr' in node && node.BoolExpr.boolop !== 'NOT_EXPR') {
    const parts = (node.BoolExpr.args ?? []).map((part) => skeleton(part, atoms));
    return { kind: node.BoolExpr.boolop === 'AND_EXPR' ? 'and' : 'or', parts };
  }
  atoms.push(expressionText(node));
  return { kind: 'atom', index: atoms.length - 1 };
}

function expressionText(node: Node): string {
  const statement = {
    targetList: [{ ResTarget: { val: node } }],
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
  return deparseSync({ SelectStmt: statement } as Node).replace(/^SELECT\s+/, '');
}

function mentions(root: Node): Pick<Predicate, 'columns' | 'own' | 'functions'> {
  const columns = new Map<string, Set<string>>();
  const own: { column: string; attribute: string }[] = [];
  const functions = new Set<string>();
  walk(root, (node) => {
    if ('ColumnRef' in node) {
      const [alias, column] = fieldNames(node.ColumnRef.fields);
      if (alias === undefined || column === undefined) return;
      columns.set(alias, (columns.get(alias) ?? new Set()).add(column));
    } else if ('FuncCall' in node) {
      functions.add(fieldNames(node.FuncCall.funcname).join('.'));
    } else if ('A_Expr' in node && operator(node.A_Expr.name) === '=') {
      const sides = [columnOf(node.A_Expr.lexpr), columnOf(node.A_Expr.rexpr)];
      const actor = sides.find((side) => side?.alias === 'actor');
      const other = sides.find((side) => side !== undefined && ['row', 'old', 'new'].includes(side.alias));
      if (actor !== undefined && other !== undefined) own.push({ column: other.name, attribute: actor.name });
    }
  });
  return { columns, own, functions: [...functions] };
}

function columnOf(node: Node | undefined): { alias: string; name: string } | undefined {
  if (node === undefined || !('ColumnRef' in node)) return undefined;
  const [alias, name] = fieldNames(node.ColumnRef.fields);
  return alias === undefined || name === undefined ? undefined : { alias, name };
}

function operator(name: readonly Node[] | undefined): string | undefined {
  return fieldNames(name).at(-1);
}

function fieldNames(fields: readonly Node[] | undefined): string[] {
  return (fields ?? []).flatMap((field) => ('String' in field ? [field.String.sval ?? ''] : []));
}

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) {
    for (const item of node) walk(item, visit);
  } else if (typeof node === 'object' && node !== null) {
    visit(node as Node);
    for (const value of Object.values(node)) walk(value, visit);
  }
}
