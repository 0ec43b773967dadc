import pg from 'pg';
import type { Catalog } from '../../catalog/catalog.ts';
import { routineOf } from './hoist.ts';
import { quotePart } from './quote.ts';
import { expressionSql, kindOf, namesOf, parseExpression, type Tree } from './sql-tree.ts';

/** Policies that read from settings what helpers find of the actor, and how the settings are made. */
export interface Resolved {
  /** Run as the actor, at the start of a transaction. */
  readonly first: string;
  /** ALTER POLICY for each that calls. */
  readonly change: readonly string[];
  /** Helpers that are called once a transaction then: `auth.is_system_admin`. */
  readonly helpers: readonly string[];
  readonly tables: readonly string[];
}

interface Slot {
  readonly setting: string;
  readonly call: string;
  readonly type: string;
  readonly helper: string;
}

/**
 * Policies of tables in which every call of a helper that does not depend on the row is replaced by a setting. Undefined where there is
 * no such call.
 */
export async function resolveOnce(
  catalog: Catalog,
  tables: readonly string[],
): Promise<Resolved | undefined> {
  const slots = new Map<string, Slot>();
  const change: string[] = [];
  const changed = new Set<string>();
  for (const policy of catalog.policies.filter(({ relation }) => tables.includes(relation))) {
    const using = await resolveIn(catalog, policy.using, slots);
    const withCheck = await resolveIn(catalog, policy.withCheck, slots);
    if (using === policy.using && withCheck === policy.withCheck) continue;
    changed.add(policy.relation);
    change.push(
      [
        `ALTER POLICY ${quotePart(policy.name)} ON ${policy.relation}`,
        ...(using === null ? [] : [`USING (${using})`]),
        ...(withCheck === null ? [] : [`WITH CHECK (${withCheck})`]),
      ].join(' '),
    );
  }
  if (slots.size === 0) return undefined;
  const settings = [...slots.values()].map(
    ({ setting, call }) => `set_config(${pg.escapeLiteral(setting)}, coalesce((${call})::text, ''), true)`,
  );
  return {
    first: `SELECT ${settings.join(', ')}`,
    change,
    helpers: [...new Set([...slots.values()].map(({ helper }) => helper))],
    tables: [...changed],
  };
}

async function resolveIn(
  catalog: Catalog,
  text: string | null,
  slots: Map<string, Slot>,
): Promise<string | null> {
  const tree = text === null ? undefined : parseExpression(text);
  if (tree === undefined) return text;
  const before = slots.size;
  const state = { found: 0 };
  const changed = await replace(catalog, tree, slots, state);
  return state.found === 0 && slots.size === before ? text : expressionSql(changed as Tree);
}

async function replace(
  catalog: Catalog,
  node: unknown,
  slots: Map<string, Slot>,
  state: { found: number },
): Promise<unknown> {
  if (Array.isArray(node)) {
    const parts: unknown[] = [];
    for (const each of node) parts.push(await replace(catalog, each, slots, state));
    return parts;
  }
  if (typeof node !== 'object' || node === null) return node;
  const [kind, fields] = kindOf(node);
  if (kind === 'FuncCall' && isConstant(fields.args ?? [])) {
    const slot = await slotFor(catalog, node as Tree, fields, slots);
    if (slot !== undefined) {
      state.found++;
      return (
        parseExpression(
          `(nullif(current_setting(${pg.escapeLiteral(slot.setting)}, true), '')::${slot.type})`,
        ) ?? node
      );
    }
  }
  const entries: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(node))
    entries.push([key, await replace(catalog, inner, slots, state)]);
  return Object.fromEntries(entries);
}

async function slotFor(
  catalog: Catalog,
  node: Tree,
  { funcname }: Tree,
  slots: Map<string, Slot>,
): Promise<Slot | undefined> {
  const names = namesOf(funcname);
  const routine = routineOf(catalog, names);
  if (routine === undefined || routine.volatility === 'immutable' || routine.fromExtension) return undefined;
  if (/^(SETOF|TABLE|record\b)/i.test(routine.returns)) return undefined;
  const call = await expressionSql(node);
  const known = slots.get(call);
  if (known !== undefined) return known;
  const slot = {
    setting: `pgattest_why.a${slots.size + 1}`,
    call,
    type: routine.returns,
    helper: names.map(quotePart).join('.'),
  };
  slots.set(call, slot);
  return slot;
}

/** Neither a column nor a subquery in it. */
function isConstant(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return true;
  if (Array.isArray(node)) return node.every(isConstant);
  return Object.entries(node).every(
    ([kind, fields]) => kind !== 'ColumnRef' && kind !== 'SubLink' && isConstant(fields),
  );
}
