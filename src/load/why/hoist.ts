import type { Catalog, Policy, Routine } from '../../catalog/catalog.ts';
import { quotePart } from './quote.ts';
import { expressionSql, kindOf, namesOf, parseExpression, type Tree } from './sql-tree.ts';

/** A policy that calls functions for each row although their answer is the same for all, and how it would not. */
export interface Hoisted {
  readonly policy: Policy;
  /** What is called for each row: `auth.current_user_id()`, without arguments. */
  readonly calls: readonly string[];
  readonly volatile: readonly string[];
  /** ALTER POLICY with `(SELECT …)` around each. */
  readonly sql: string;
}

/** Policies of a table whose calls can be made an InitPlan: a subquery without the row's columns runs once a statement. */
export async function hoistable(catalog: Catalog, table: string): Promise<readonly Hoisted[]> {
  const found: Hoisted[] = [];
  for (const policy of catalog.policies.filter(({ relation }) => relation === table)) {
    const using = await hoist(catalog, policy.using);
    const withCheck = await hoist(catalog, policy.withCheck);
    const routines = [...using.routines, ...withCheck.routines];
    if (routines.length === 0) continue;
    found.push({
      policy,
      calls: [...new Set(routines.map(({ name }) => name))],
      volatile: [...new Set(routines.filter(({ volatile }) => volatile).map(({ name }) => name))],
      sql: [
        `ALTER POLICY ${quotePart(policy.name)} ON ${policy.relation}`,
        ...(using.sql === null ? [] : [`USING (${using.sql})`]),
        ...(withCheck.sql === null ? [] : [`WITH CHECK (${withCheck.sql})`]),
      ].join(' '),
    });
  }
  return found;
}

interface Callee {
  readonly name: string;
  readonly volatile: boolean;
  /** For the cast that keeps `= ANY ((SELECT …))` from being a subquery of rows. */
  readonly returns: string | undefined;
}

async function hoist(
  catalog: Catalog,
  text: string | null,
): Promise<{ readonly sql: string | null; readonly routines: readonly Callee[] }> {
  const tree = text === null ? undefined : parseExpression(text);
  if (tree === undefined) return { sql: text, routines: [] };
  const routines: Callee[] = [];
  const changed = await wrap(catalog, tree, routines);
  return { sql: routines.length === 0 ? text : await expressionSql(changed as Tree), routines };
}

/** Wraps the largest parts without a column that call something costly, outside of subqueries. */
async function wrap(catalog: Catalog, node: unknown, routines: Callee[]): Promise<unknown> {
  if (Array.isArray(node)) return Promise.all(node.map((each) => wrap(catalog, each, routines)));
  if (typeof node !== 'object' || node === null) return node;
  const [kind, fields] = kindOf(node);
  if (kind === 'SubLink') return node;
  if (kind === 'A_Expr' && ['AEXPR_OP_ANY', 'AEXPR_OP_ALL'].includes(String(fields.kind))) {
    return { A_Expr: { ...fields, rexpr: await wrapArray(catalog, fields.rexpr, routines) } };
  }
  if (['FuncCall', 'TypeCast', 'CoalesceExpr'].includes(kind)) {
    const callees = costlyCalls(catalog, node);
    if (callees.length > 0 && isSubquery(node)) {
      routines.push(...callees);
      return subquery(node);
    }
  }
  const entries = Object.entries(node);
  return Object.fromEntries(
    await Promise.all(
      entries.map(async ([key, inner]) => [key, await wrap(catalog, inner, routines)] as const),
    ),
  );
}

/** An array in a subquery needs its type said, or the subquery's rows would be taken for the elements. */
async function wrapArray(catalog: Catalog, node: unknown, routines: Callee[]): Promise<unknown> {
  const [kind, fields] = kindOf(node);
  if (kind === 'TypeCast') return { TypeCast: { ...fields, arg: await wrap(catalog, fields.arg, routines) } };
  const callees = costlyCalls(catalog, node);
  const returns =
    kind === 'FuncCall' ? callees.find(({ name }) => name === calleeName(fields))?.returns : undefined;
  if (returns === undefined || !isSubquery(node)) return node;
  const [, cast] = kindOf(parseExpression(`NULL::${returns}`));
  routines.push(...callees);
  return { TypeCast: { ...cast, arg: subquery(node) } };
}

function subquery(node: unknown): Tree {
  const select = {
    targetList: [{ ResTarget: { val: node } }],
    limitOption: 'LIMIT_OPTION_DEFAULT',
    op: 'SETOP_NONE',
  };
  return { SubLink: { subLinkType: 'EXPR_SUBLINK', subselect: { SelectStmt: select } } };
}

/** Without columns and without subqueries of its own. */
function isSubquery(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return true;
  if (Array.isArray(node)) return node.every(isSubquery);
  return Object.entries(node).every(
    ([kind, fields]) => kind !== 'ColumnRef' && kind !== 'SubLink' && isSubquery(fields),
  );
}

function calleeName({ funcname }: Tree): string {
  return namesOf(funcname).map(quotePart).join('.');
}

/** Calls worth hoisting: of the user's functions unless immutable, and of current_setting, which is read and cast again each time. */
function costlyCalls(catalog: Catalog, node: unknown): readonly Callee[] {
  const calls: Callee[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const each of value) walk(each);
      return;
    }
    if (typeof value !== 'object' || value === null) return;
    for (const [kind, fields] of Object.entries(value)) {
      if (kind === 'FuncCall') {
        const names = namesOf((fields as Tree).funcname);
        const routine = routineOf(catalog, names);
        if (names.at(-1) === 'current_setting')
          calls.push({ name: 'current_setting', volatile: false, returns: 'text' });
        else if (routine !== undefined && routine.volatility !== 'immutable') {
          calls.push({
            name: calleeName(fields as Tree),
            volatile: routine.volatility === 'volatile',
            returns: routine.returns,
          });
        }
      }
      walk(fields);
    }
  };
  walk(node);
  return calls;
}

/** A function of the catalogue by its name as an expression has it. */
export function routineOf(catalog: Catalog, names: readonly string[]): Routine | undefined {
  const [name, schema] = [names.at(-1), names.at(-2)];
  return catalog.functions.find(
    (each) => each.name === name && each.schema === (schema ?? 'public') && each.returns !== 'trigger',
  );
}
