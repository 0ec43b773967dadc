import { identityOf, keyText, type Target, targetOf } from '../checks/access/target.ts';
import type { CheckContext } from '../checks/check.ts';

/** A row that a statement added, changed or removed: whole, as jsonb text; null where it is not there. */
export interface TouchedRow {
  readonly key: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Rows of a table by key, as jsonb text. `key` is an expression over "row". */
export async function rowsOf(
  { session }: CheckContext,
  table: string,
  key: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query(
    `SELECT ${key} AS key, to_jsonb("row")::text AS json FROM ${table} AS "row"`,
  );
  return new Map(rows.map((row) => [String(row.key), String(row.json)]));
}

export function difference(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly TouchedRow[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys
    .map((key) => ({ key, before: before.get(key) ?? null, after: after.get(key) ?? null }))
    .filter((row) => row.before !== row.after);
}

/** The table that a statement writes to, by its plan; undefined when it writes to none that has rules. */
export async function writtenTable(
  context: CheckContext,
  text: string,
  values: readonly unknown[],
): Promise<{ target: Target; command: 'INSERT' | 'UPDATE' | 'DELETE' } | undefined> {
  // What cannot be explained (TRUNCATE, a mistake) names no table; the statement itself will tell.
  const explained = await context.session.attempt(
    `EXPLAIN (VERBOSE, COSTS off, FORMAT JSON) ${text}`,
    values,
  );
  if (explained.status === 'error') return undefined;
  const node = findWrite(Object.values(explained.rows[0] ?? {})[0]);
  const relation = context.catalog.relations.find(
    ({ schema, name }) => schema === node?.Schema && name === node?.['Relation Name'],
  );
  const command = String(node?.Operation).toUpperCase();
  const ruled = context.design.access.some(({ table }) => table === relation?.identity);
  if (relation === undefined || !ruled || !isCommand(command)) return undefined;
  return { target: targetOf(context, relation.identity), command };
}

/** Key expression of a table with rules. */
export function keyOf(target: Target): string {
  return keyText(target, '"row"');
}

/** `app_user with app.user_id = '…'` */
export function roleText(context: CheckContext, actor: Parameters<typeof identityOf>[1]): string {
  const { role, settings } = identityOf(context, actor);
  const set = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
  return set.length === 0 ? `${role} with nothing set` : `${role} with ${set.join(', ')}`;
}

type PlanNode = Readonly<Record<string, unknown>>;

function findWrite(plan: unknown): PlanNode | undefined {
  if (typeof plan !== 'object' || plan === null) return undefined;
  const node = plan as PlanNode;
  if (node['Node Type'] === 'ModifyTable') return node;
  for (const child of Object.values(node)) {
    const found = findWrite(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isCommand(command: string): command is 'INSERT' | 'UPDATE' | 'DELETE' {
  return ['INSERT', 'UPDATE', 'DELETE'].includes(command);
}
