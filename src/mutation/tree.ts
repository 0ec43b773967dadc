import type { Node } from '@pgsql/types';
import { deparseSync, parseSync } from 'pgsql-parser';

/** Keys and indexes that lead from a root to a node of its tree. */
export type Path = readonly (string | number)[];

/** A relation that a FROM names, as far as a name can say it. */
export interface FromItem {
  readonly schema: string | undefined;
  readonly relation: string;
  readonly alias: string;
}

/** A node with where it stands. */
export interface Place {
  readonly node: Node;
  readonly path: Path;
  /** It is judged true or false: a WHERE, an operand of AND, a root that is one. */
  readonly condition: boolean;
  /** Nodes above, the nearest first. */
  readonly above: readonly Node[];
  /** What the FROM clauses around it name, the innermost first. */
  readonly scopes: readonly (readonly FromItem[])[];
}

/** The tree of one SQL expression. Throws the parser's error. */
export function parseExpression(text: string): Node {
  const [parsed] = parseSync(`SELECT (${text})`).stmts ?? [];
  const statement = parsed?.stmt;
  const select = statement !== undefined && 'SelectStmt' in statement ? statement.SelectStmt : undefined;
  const [target] = select?.targetList ?? [];
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
  if (value === undefined) throw new Error(`not one SQL expression: ${text}`);
  return value;
}

/** The expression as SQL, for messages. */
export function textOf(node: Node): string {
  const statement = {
    SelectStmt: {
      targetList: [{ ResTarget: { val: node } }],
      limitOption: 'LIMIT_OPTION_DEFAULT',
      op: 'SETOP_NONE',
    },
  } as Node;
  return oneLine(deparseSync(statement)).replace(/^SELECT\s+/, '');
}

/** The expression as SQL. Throws when the text would be read otherwise than the tree is. */
export function deparseExpression(node: Node): string {
  const text = textOf(node);
  mustBeSame(node, parseExpression(text), text);
  return text;
}

/** The trees of the statements of a text. */
export function parseStatements(text: string): readonly Node[] {
  return (parseSync(text).stmts ?? []).flatMap(({ stmt }) => (stmt === undefined ? [] : [stmt]));
}

/** A statement as SQL, with the guarantee of `deparseExpression`. */
export function deparseStatement(node: Node): string {
  const text = deparseSync(node);
  const [read] = parseStatements(text);
  mustBeSame(node, read, text);
  return text;
}

function mustBeSame(node: Node, read: Node | undefined, text: string): void {
  if (shape(node) !== shape(read)) throw new Error(`the deparser changes the meaning: ${text}`);
}

/** Whether two trees are the same but for positions, and ANDs in ANDs and ORs in ORs. */
export function sameTree(one: Node, other: Node): boolean {
  return shape(one) === shape(other);
}

/** A tree without positions, ANDs in ANDs and ORs in ORs flattened. */
function shape(tree: unknown): string {
  return JSON.stringify(plain(tree));
}

function plain(tree: unknown): unknown {
  if (Array.isArray(tree)) return tree.map(plain);
  if (typeof tree !== 'object' || tree === null) return tree;
  const entries = Object.entries(tree)
    .filter(
      ([key, value]) =>
        !/(^|_)(location|len)$|^(rexpr_list|list)_(start|end)$/.test(key) && value !== undefined,
    )
    .map(([key, value]) => [key, plain(value)] as const)
    // What the parser leaves out, since it is the default.
    .filter(
      ([, value]) =>
        value !== false && value !== 0 && value !== '' && !(Array.isArray(value) && value.length === 0),
    );
  const flat = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  const bool = flat.BoolExpr as { boolop?: string; args?: unknown[] } | undefined;
  if (bool === undefined || bool.boolop === 'NOT_EXPR') return flat;
  const args = (bool.args ?? []).flatMap((arg) => {
    const inner = (arg as { BoolExpr?: { boolop?: string; args?: unknown[] } }).BoolExpr;
    return inner?.boolop === bool.boolop ? (inner?.args ?? []) : [arg];
  });
  return { BoolExpr: { boolop: bool.boolop, args } };
}

/** A copy of a tree with one node replaced. */
export function replaceAt<T>(root: T, path: Path, value: unknown): T {
  const [key, ...rest] = path;
  if (key === undefined) return value as T;
  if (Array.isArray(root)) {
    return root.map((item, index) => (index === key ? replaceAt(item, rest, value) : item)) as T;
  }
  const object = root as Record<string | number, unknown>;
  return { ...object, [key]: replaceAt(object[key], rest, value) } as T;
}

const conditionKeys = new Set(['whereClause', 'quals', 'havingClause', 'agg_filter', 'whenClause']);

/** What of a tree is judged true or false, besides what always is. */
export interface Roots {
  /** The root itself. */
  readonly condition: boolean;
  /** What a statement selects or returns: of a function that gives a boolean. */
  readonly result?: boolean;
}

/** Every node of a tree, each before those below it, in the order of the text. */
export function* places(
  root: unknown,
  { condition, result = false }: Roots = { condition: true },
): Generator<Place, void, void> {
  yield* below(root, { path: [], condition, above: [], scopes: [] }, result);
}

function* below(tree: unknown, at: Omit<Place, 'node'>, result: boolean): Generator<Place, void, void> {
  if (Array.isArray(tree)) {
    for (const [index, item] of tree.entries())
      yield* below(item, { ...at, path: [...at.path, index] }, result);
    return;
  }
  if (typeof tree !== 'object' || tree === null) return;
  const isNode = isWrapped(tree);
  if (isNode) yield { ...at, node: tree as Node };
  const from = fromItems(tree);
  const scopes = from.length === 0 ? at.scopes : [from, ...at.scopes];
  const above = isNode ? [tree as Node, ...at.above] : at.above;
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value !== 'object') continue;
    const condition = isNode
      ? at.condition
      : isCondition(tree as Record<string, unknown>, key) || (result && isResult(key, at.above));
    yield* below(value, { path: [...at.path, key], condition, above, scopes }, result);
  }
}

/** `{ A_Expr: {…} }` */
function isWrapped(tree: object): boolean {
  const keys = Object.keys(tree);
  return keys.length === 1 && /^[A-Z]/.test(keys[0] ?? '');
}

function isCondition(fields: Record<string, unknown>, key: string): boolean {
  return conditionKeys.has(key) || (key === 'args' && 'boolop' in fields);
}

/** The value of RETURN, or of a SELECT that stands in nothing but lists of statements. */
function isResult(key: string, above: readonly Node[]): boolean {
  const outer = above.filter((node) => !('List' in node)).map((node) => Object.keys(node)[0]);
  return (
    (key === 'returnval' && outer.join() === 'ReturnStmt') ||
    (key === 'val' && outer.join() === 'ResTarget,SelectStmt')
  );
}

function fromItems(fields: object): readonly FromItem[] {
  const { fromClause, usingClause, relation } = fields as Record<string, unknown>;
  const own =
    typeof relation === 'object' && relation !== null && 'relname' in relation
      ? [{ RangeVar: relation }]
      : [];
  return [...own, ...listed(fromClause), ...listed(usingClause)].flatMap(rangesOf);
}

function listed(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function rangesOf(item: unknown): readonly FromItem[] {
  const node = item as Node;
  if ('RangeVar' in node) {
    const { schemaname, relname = '', alias } = node.RangeVar;
    return [{ schema: schemaname, relation: relname, alias: alias?.aliasname ?? relname }];
  }
  if ('JoinExpr' in node)
    return [node.JoinExpr.larg, node.JoinExpr.rarg].flatMap((side) =>
      side === undefined ? [] : rangesOf(side),
    );
  return [];
}

/** `app`, `projects` of a list of String nodes. */
export function namesOf(fields: readonly Node[] | undefined): string[] {
  return (fields ?? []).flatMap((field) => ('String' in field ? [field.String.sval ?? ''] : []));
}

/** One line, where a line feed is no part of a text. */
function oneLine(sql: string): string {
  return sql.includes("'") && /'[^']*\n[^']*'/.test(sql) ? sql : sql.replace(/\s*\n\s*/g, ' ').trim();
}
