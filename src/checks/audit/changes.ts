import type { AuditedTable } from '../../design/rules.ts';
import { literal } from '../access/target.ts';
import { type AuditedRow, touchedRows } from './operations.ts';
import { compareRecords, type ExpectedRecord } from './records.ts';
import type { Scene } from './scene.ts';

const actions = ['INSERT', 'UPDATE', 'DELETE'] as const;
type Action = (typeof actions)[number];

/** What stood before a change: rows, and how many records of each action there were. */
export interface Before {
  readonly rows: readonly AuditedRow[];
  readonly made: Readonly<Record<Action, number>>;
}

/** Looks at the rows with these keys, and at all that the transaction made so far. */
export async function lookBefore(scene: Scene, rows: readonly AuditedRow[]): Promise<Before> {
  return { rows: await touched(scene, rows), made: await recordsMade(scene) };
}

/** The records that the difference between the rows then and now must have left. */
export async function changesSince(
  scene: Scene,
  { rows }: Before,
  actor: string | null,
): Promise<readonly ExpectedRecord[]> {
  const then = new Map(rows.map((row) => [row.id, row.json]));
  const now = new Map((await touched(scene, rows)).map((row) => [row.id, row.json]));
  const record = (recordId: string, before: string | null, after: string | null) => {
    const action = before === null ? 'INSERT' : after === null ? 'DELETE' : 'UPDATE';
    return { action, recordId, actor, before, after } as const;
  };
  return [
    ...[...then]
      .filter(([id, json]) => !now.has(id) || !sameBut(scene.audited, json, now.get(id) ?? ''))
      .map(([id, json]) => record(id, json, now.get(id) ?? null)),
    ...[...now].filter(([id]) => !then.has(id)).map(([id, json]) => record(id, null, json)),
  ];
}

/** Sentences for what is wrong with the records of these changes, and for records of what did not happen. */
export async function compareAll(
  scene: Scene,
  { made }: Before,
  expected: readonly ExpectedRecord[],
): Promise<readonly string[]> {
  const { context, audit, audited, mark } = scene;
  const wrong: string[] = [];
  for (const action of actions) {
    const of = expected.filter((one) => one.action === action);
    const found = await compareRecords(context.session, audit, audited, mark, action, of, made[action]);
    wrong.push(...found.map((says) => `${action}: ${says}`));
  }
  return wrong;
}

async function touched({ context, target, audited, mark }: Scene, rows: readonly AuditedRow[]) {
  const ids = rows.map(({ id }) => id);
  return touchedRows(context, target, audited, mark, ids);
}

async function recordsMade({ context, audit, audited, mark }: Scene): Promise<Record<Action, number>> {
  const { trail } = audit;
  const [row] = await context.session.query(
    `SELECT ${actions.map((action) => `count(*) FILTER (WHERE ${trail.action} = ${literal(action)})::int AS ${action.toLowerCase()}`).join(', ')}
     FROM ${trail.table} AS record WHERE age(record.xmin) <= age($1::text::xid) AND ${trail.tableName} = $2`,
    [mark, audited.name],
  );
  return { INSERT: Number(row?.insert), UPDATE: Number(row?.update), DELETE: Number(row?.delete) };
}

/** True when nothing differs but columns whose change is none. */
export function sameBut({ ignored }: AuditedTable, one: string, other: string): boolean {
  if (one === other) return true;
  const without = (json: string) =>
    JSON.stringify(
      Object.entries(JSON.parse(json) as Record<string, unknown>).filter(([name]) => !ignored.includes(name)),
    );
  return without(one) === without(other);
}
