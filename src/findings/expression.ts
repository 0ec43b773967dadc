import type { Catalog } from '../catalog/catalog.ts';
import { oncePerCatalog } from '../catalog/once.ts';
import { namesOf, parse, type Tree } from './tree.ts';

/** A node as `{Kind: fields}`. */
export type Node = { readonly [kind: string]: Tree };

/** The condition of a policy, as the server prints it, as a tree; undefined when the parser does not take it. */
export function conditionOf(text: string): Node | undefined {
  const select = parse(`SELECT ${text}`)?.[1];
  const [target] = (select?.targetList ?? []) as readonly { readonly ResTarget?: { readonly val?: Node } }[];
  return target?.ResTarget?.val;
}

export function kindOf(node: unknown): readonly [kind: string, fields: Tree] {
  if (typeof node !== 'object' || node === null) return ['', {}];
  for (const kind in node) return [kind, ((node as Tree)[kind] ?? {}) as Tree];
  return ['', {}];
}

/** Branches of OR, and parts of AND, flattened; the node alone when it is neither. */
export function partsOf(node: unknown, operator: 'AND_EXPR' | 'OR_EXPR'): readonly unknown[] {
  const [kind, { boolop, args }] = kindOf(node);
  if (kind !== 'BoolExpr' || boolop !== operator) return [node];
  return (args as readonly unknown[]).flatMap((each) => partsOf(each, operator));
}

/** What a part of a condition depends on. */
export interface Facets {
  /** Own columns of the policy's table. */
  readonly columns: ReadonlySet<string>;
  /** Whether it asks who is there: a setting, a role, a function of users, or another table. */
  readonly session: boolean;
}

const userFunctions = oncePerCatalog((catalog: Catalog) => {
  const known = new Map<string, boolean>();
  for (const { schema, name, volatility } of catalog.functions) {
    const key = JSON.stringify([schema, name]);
    known.set(key, (known.get(key) ?? true) && volatility === 'immutable');
  }
  return known;
});

/** Whether a call is of a function that may give something else for another session. */
function asksSession(catalog: Catalog, funcname: unknown): boolean {
  const names = namesOf(funcname);
  const name = names.at(-1) ?? '';
  const schema = names.at(-2);
  if (schema === undefined || schema === 'pg_catalog') {
    return ['current_setting', 'pg_has_role', 'inet_client_addr'].includes(name);
  }
  return userFunctions(catalog).get(JSON.stringify([schema, name])) !== true;
}

/** @param table bare name of the policy's table, by which subqueries name its columns */
export function facetsOf(catalog: Catalog, node: unknown, table: string): Facets {
  if (typeof node !== 'object' || node === null) return { columns: new Set(), session: false };
  const known = facets(catalog);
  const byTable = known.get(node) ?? new Map<string, Facets>();
  const found = byTable.get(table) ?? readFacets(catalog, node, table);
  known.set(node, byTable.set(table, found));
  return found;
}

/** Trees are shared by policies of the same text, and asked by many checks. */
const facets = oncePerCatalog(() => new WeakMap<object, Map<string, Facets>>());

function readFacets(catalog: Catalog, node: unknown, table: string): Facets {
  const columns = new Set<string>();
  let session = false;
  const walk = (value: unknown, inside: boolean): void => {
    if (Array.isArray(value)) {
      for (const each of value) walk(each, inside);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    for (const kind in value) {
      const fields = (value as Tree)[kind];
      if (kind === 'ColumnRef') {
        const names = namesOf((fields as Tree).fields);
        const name = names.at(-1);
        // At the top a column is the table's own; in a subquery the server qualifies every column.
        if (name !== undefined && (!inside || (names.length > 1 && names.at(-2) === table)))
          columns.add(name);
        continue;
      }
      if (kind === 'FuncCall') session ||= asksSession(catalog, (fields as Tree).funcname);
      if (kind === 'RangeVar' || kind === 'SQLValueFunction') session ||= asksWho(kind, fields as Tree);
      walk(fields, inside || kind === 'subselect');
    }
  };
  walk(node, false);
  return { columns, session };
}

function asksWho(kind: string, { op }: Tree): boolean {
  return kind === 'RangeVar' || /ROLE|USER/.test(String(op));
}

/** The own column that a part compares with the session by equality, alone on its side, or undefined. */
function comparedColumn(catalog: Catalog, part: unknown, table: string): string | undefined {
  const [kind, fields] = kindOf(part);
  if (kind === 'SubLink' && fields.subLinkType === 'ANY_SUBLINK') {
    const column = bareColumn(fields.testexpr);
    return column !== undefined &&
      facetsOf(catalog, { SubLink: { subselect: fields.subselect } }, table).session
      ? column
      : undefined;
  }
  if (kind !== 'A_Expr') return undefined;
  const equal = ['AEXPR_OP', 'AEXPR_OP_ANY', 'AEXPR_IN', 'AEXPR_NOT_DISTINCT'].includes(String(fields.kind));
  if (!equal || (fields.kind !== 'AEXPR_NOT_DISTINCT' && namesOf(fields.name).at(-1) !== '='))
    return undefined;
  for (const [one, other] of [
    [fields.lexpr, fields.rexpr],
    [fields.rexpr, fields.lexpr],
  ]) {
    const column = bareColumn(one);
    if (column === undefined) continue;
    const facets = facetsOf(catalog, other, table);
    if (facets.session && facets.columns.size === 0) return column;
  }
  return undefined;
}

/** A column alone, cast or not. */
function bareColumn(node: unknown): string | undefined {
  const [kind, fields] = kindOf(node);
  if (kind === 'TypeCast') return bareColumn(fields.arg);
  return kind === 'ColumnRef' ? namesOf(fields.fields).at(-1) : undefined;
}

/** Columns that are compared with the session whichever branch of the condition lets a row through. */
export function requiredColumns(catalog: Catalog, node: unknown, table: string): ReadonlySet<string> {
  const branches = partsOf(node, 'OR_EXPR');
  if (branches.length > 1) {
    const [first = new Set<string>(), ...rest] = branches.map((each) =>
      requiredColumns(catalog, each, table),
    );
    return new Set([...first].filter((column) => rest.every((each) => each.has(column))));
  }
  const parts = partsOf(node, 'AND_EXPR');
  if (parts.length > 1) return new Set(parts.flatMap((each) => [...requiredColumns(catalog, each, table)]));
  const column = comparedColumn(catalog, node, table);
  return new Set(column === undefined ? [] : [column]);
}

/** Columns that some branch compares with the session. */
export function comparedColumns(catalog: Catalog, node: unknown, table: string): ReadonlySet<string> {
  const [kind, fields] = kindOf(node);
  if (kind === 'BoolExpr') {
    const args = fields.args as readonly unknown[];
    return new Set(args.flatMap((each) => [...comparedColumns(catalog, each, table)]));
  }
  const column = comparedColumn(catalog, node, table);
  return new Set(column === undefined ? [] : [column]);
}

/** True or false whatever the row and the session: `true`, `1 = 1`, `id = id`, and what AND and OR make of such. */
export function constantValue(node: unknown): boolean | undefined {
  const [kind, fields] = kindOf(node);
  if (kind === 'TypeCast') return constantValue(fields.arg);
  if (kind === 'A_Const') {
    const { boolval } = fields as { readonly boolval?: { readonly boolval?: boolean } };
    return boolval === undefined ? undefined : boolval.boolval === true;
  }
  if (kind === 'SubLink' && fields.subLinkType === 'EXPR_SUBLINK') {
    const [, select] = kindOf(fields.subselect);
    const [target] = (select.targetList ?? []) as readonly {
      readonly ResTarget?: { readonly val?: unknown };
    }[];
    return select.fromClause === undefined && select.whereClause === undefined
      ? constantValue(target?.ResTarget?.val)
      : undefined;
  }
  if (kind === 'A_Expr' && fields.kind === 'AEXPR_OP' && namesOf(fields.name).at(-1) === '=') {
    const [left] = kindOf(fields.lexpr);
    const plain = ['A_Const', 'ColumnRef', 'TypeCast'].includes(left) && left === kindOf(fields.rexpr)[0];
    return plain && withoutPlaces(fields.lexpr) === withoutPlaces(fields.rexpr) ? true : undefined;
  }
  if (kind !== 'BoolExpr') return undefined;
  const values = (fields.args as readonly unknown[]).map(constantValue);
  if (fields.boolop === 'NOT_EXPR') return values[0] === undefined ? undefined : !values[0];
  const decisive = fields.boolop === 'OR_EXPR';
  if (values.includes(decisive)) return decisive;
  return values.every((value) => value === !decisive) ? !decisive : undefined;
}

/** A tree as text that does not depend on where in the source it stood. */
export function withoutPlaces(node: unknown): string {
  return JSON.stringify(node, (key, value) => (key === 'location' ? undefined : value)) ?? '';
}
