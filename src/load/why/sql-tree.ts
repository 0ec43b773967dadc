import { deparse, loadModule, parseSync } from 'pgsql-parser';

/** A node of PostgreSQL's parse tree, as libpg_query prints it: `{Kind: fields}`. */
export type Tree = { readonly [key: string]: unknown };

export async function loadParser(): Promise<void> {
  await loadModule();
}

/** An expression as a tree; undefined when the parser does not take it. Needs `loadParser`. */
export function parseExpression(text: string): Tree | undefined {
  try {
    const { stmts = [] } = parseSync(`SELECT ${text}`) as { stmts?: readonly { readonly stmt?: Tree }[] };
    const select = stmts[0]?.stmt?.SelectStmt as { readonly targetList?: readonly Tree[] } | undefined;
    const target = select?.targetList?.[0]?.ResTarget as { readonly val?: Tree } | undefined;
    return stmts.length === 1 && select?.targetList?.length === 1 ? target?.val : undefined;
  } catch {
    return undefined;
  }
}

/** SQL of an expression's tree. */
export async function expressionSql(tree: Tree): Promise<string> {
  const select = {
    SelectStmt: {
      targetList: [{ ResTarget: { val: tree } }],
      limitOption: 'LIMIT_OPTION_DEFAULT',
      op: 'SETOP_NONE',
    },
  };
  const text = await deparse(select as unknown as Parameters<typeof deparse>[0], { pretty: false });
  return text.replace(/^\s*SELECT\s+/i, '').trim();
}

/** Kind and fields of a node. */
export function kindOf(node: unknown): readonly [kind: string, fields: Tree] {
  if (typeof node !== 'object' || node === null) return ['', {}];
  for (const kind in node) return [kind, ((node as Tree)[kind] ?? {}) as Tree];
  return ['', {}];
}

/** Every node of a kind below a value, subqueries included. */
export function below(value: unknown, kind: string): readonly Tree[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((each) => below(each, kind));
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(key === kind ? [inner as Tree] : []),
    ...below(inner, kind),
  ]);
}

/** The strings of a list of names. */
export function namesOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((each) => {
    const text = (each as { String?: { sval?: string } }).String?.sval;
    return text === undefined ? [] : [text];
  });
}

/** Parts of AND or branches of OR, flattened; the node alone when it is neither. */
export function partsOf(node: unknown, operator: 'AND_EXPR' | 'OR_EXPR'): readonly unknown[] {
  const [kind, { boolop, args }] = kindOf(node);
  if (kind !== 'BoolExpr' || boolop !== operator) return [node];
  return (args as readonly unknown[]).flatMap((each) => partsOf(each, operator));
}
