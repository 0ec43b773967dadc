import { deparse as deparseTree, loadModule, parseSync } from 'pgsql-parser';

/** A node of PostgreSQL's parse tree, as libpg_query prints it. */
export type Tree = { readonly [key: string]: unknown };

/** Deep nesting and megabytes of text are the server's business: its limits are safe, the parser's are not. */
const largestParse = 1024 ** 2;
const deepestParse = 1000;

export async function loadParser(): Promise<void> {
  await loadModule();
}

type Parsed = readonly [kind: string, node: Tree] | undefined;

/** The same statements are asked for in each pass. */
const parsed = new Map<string, Parsed>();
const mostParsed = 2_000;

/** The one statement of a text as `[kind, node]`, or undefined when it does not parse. Needs `loadParser`. */
export function parseOne(sql: string): Parsed {
  const known = parsed.get(sql);
  if (known !== undefined || parsed.has(sql)) return known;
  if (parsed.size >= mostParsed) parsed.clear();
  const found = parse(sql);
  parsed.set(sql, found);
  return found;
}

/** As `parseOne`, for a caller that keeps the tree itself. */
export function parse(sql: string): Parsed {
  if (sql.length > largestParse || depthOf(sql) > deepestParse) return undefined;
  try {
    const { stmts = [] } = parseSync(sql);
    const stmt = stmts.length === 1 ? stmts[0]?.stmt : undefined;
    return stmt === undefined ? undefined : (Object.entries(stmt)[0] as [string, Tree] | undefined);
  } catch {
    return undefined;
  }
}

/** SQL of a tree that `parseOne` gave and the caller changed. */
export async function toSql(kind: string, node: Tree): Promise<string> {
  // The types of the parser know each node; here they are walked without.
  return deparseTree({ [kind]: node } as unknown as Parameters<typeof deparseTree>[0]);
}

/** A copy of a tree in which `change` may replace any node; it is asked from the inside out. */
export function rewrite(value: unknown, change: (kind: string, node: Tree) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => rewrite(each, change));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, rewrite(inner, change)] as const);
  const copy = Object.fromEntries(entries);
  const [kind, node] = entries.length === 1 ? (entries[0] ?? []) : [];
  if (kind === undefined || !/^[A-Z]/.test(kind)) return copy;
  const changed = change(kind, node as Tree);
  return changed === undefined ? copy : changed;
}

/** Every node of a kind below a value. */
export function nodesOf(value: unknown, kind: string): readonly Tree[] {
  const found: Tree[] = [];
  const open: unknown[] = [value];
  // Thousands of trees are walked, and a long chain is a deep one: nothing is copied, and nothing recurs.
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) {
      for (let at = next.length - 1; at >= 0; at--) open.push(next[at]);
      continue;
    }
    const keys = Object.keys(next);
    for (let at = keys.length - 1; at >= 0; at--) {
      const key = keys[at] ?? '';
      const inner = (next as Tree)[key];
      if (key === kind) found.push(inner as Tree);
      if (typeof inner === 'object') open.push(inner);
    }
  }
  return found;
}

/** The strings of a list of names: `[{String:{sval:'core'}},{String:{sval:'orders'}}]`. */
export function namesOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((each) => {
    const text = (each as { String?: { sval?: string } }).String?.sval;
    return text === undefined ? [] : [text];
  });
}

/** Text of a string constant, or undefined. */
export function constantOf(node: unknown): string | undefined {
  return (node as { A_Const?: { sval?: { sval?: string } } } | undefined)?.A_Const?.sval?.sval;
}

function depthOf(sql: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < sql.length; at++) {
    const letter = sql.charCodeAt(at);
    if (letter === 0x28 || letter === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (letter === 0x29 || letter === 0x5d) depth--;
  }
  return deepest;
}
