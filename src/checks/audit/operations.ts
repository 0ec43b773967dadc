import type { AuditedTable } from '../../design/rules.ts';
import { freshValues } from '../access/fresh.ts';
import { ident, keyCondition, keyText, literal, overriding, type Target } from '../access/target.ts';
import type { CheckContext } from '../check.ts';

/** INSERT of copies of `rows` rows of a relation (the table or one of its partitions), with fresh keys; `patch` is jsonb. */
export function insertCopies(
  context: CheckContext,
  target: Target,
  from: string,
  rows: number,
  patch = `'{}'::jsonb`,
): string {
  return `INSERT INTO ${target.relation.identity} (${storedNames(target)})${overriding(target.stored)}
    ${copies(context, target, from, rows, patch)}`;
}

/** Columns that a statement can give, as SQL. */
export function storedNames(target: Target): string {
  return target.stored.map((column) => ident(column.name)).join(', ');
}

/** SELECT of the rows that `insertCopies` adds; `from` is a relation, or a subquery in parentheses. */
export function copies(
  context: CheckContext,
  target: Target,
  from: string,
  rows: number,
  patch = `'{}'::jsonb`,
): string {
  const values = target.stored.map((column) => `copy.${ident(column.name)}`).join(', ');
  return `SELECT ${values} FROM (SELECT * FROM ${from} AS t ORDER BY md5(${keyText(target, 't')}) LIMIT ${rows}) AS template
    CROSS JOIN LATERAL jsonb_populate_record(NULL::${target.relation.identity},
      to_jsonb(template) || ${freshValues(context, target, new Set())} || ${patch}) AS copy`;
}

/** UPDATE of the column that the audit rule names, in the rows with these keys. */
export function changeRows(
  target: Target,
  table: AuditedTable,
  keys: readonly (readonly (string | null)[])[],
): string {
  const where = keys.map((key) => `(${keyCondition(target, key)})`).join(' OR ');
  return `UPDATE ${target.relation.identity} AS "row" SET ${ident(table.change.column)} = ${table.change.to} WHERE ${where}`;
}

export function deleteRows(target: Target, keys: readonly (readonly (string | null)[])[]): string {
  return `DELETE FROM ${target.relation.identity} WHERE ${keys.map((key) => `(${keyCondition(target, key)})`).join(' OR ')}`;
}

/** Rows of a relation in a stable order: the key, the audit key and the whole row as jsonb text. */
export async function someRows(
  context: CheckContext,
  target: Target,
  table: AuditedTable,
  from: string,
  limit: number,
): Promise<readonly AuditedRow[]> {
  return readRows(
    context,
    target,
    table,
    `${from} AS "row" ORDER BY md5(${keyText(target, '"row"')}) LIMIT ${limit}`,
  );
}

/** Rows that this transaction made or changed. */
export async function ownRows(
  context: CheckContext,
  target: Target,
  table: AuditedTable,
  mark: string,
): Promise<readonly AuditedRow[]> {
  return readRows(
    context,
    target,
    table,
    `${target.relation.identity} AS "row" WHERE age("row".xmin) <= age(${literal(mark)}::xid)`,
  );
}

/** Rows that this transaction made or changed, and those with these audit keys, as far as they are there. */
export async function touchedRows(
  context: CheckContext,
  target: Target,
  table: AuditedTable,
  mark: string,
  ids: readonly string[],
): Promise<readonly AuditedRow[]> {
  const listed = `ARRAY[${ids.map(literal).join(', ')}]::text[]`;
  return readRows(
    context,
    target,
    table,
    `${target.relation.identity} AS "row"
     WHERE age("row".xmin) <= age(${literal(mark)}::xid) OR "row".${ident(table.key)}::text = ANY (${listed})`,
  );
}

/** A row of an audited table. */
export interface AuditedRow {
  readonly key: readonly (string | null)[];
  readonly id: string;
  readonly json: string;
}

async function readRows(
  context: CheckContext,
  target: Target,
  table: AuditedTable,
  from: string,
): Promise<readonly AuditedRow[]> {
  const key = target.rules.key.map((name) => `"row".${ident(name)}::text`).join(', ');
  const rows = await context.session.query(
    `SELECT ARRAY[${key}] AS key, "row".${ident(table.key)}::text AS id, to_jsonb("row")::text AS json FROM ${from}`,
  );
  return rows.map((row) => ({
    key: row.key as (string | null)[],
    id: String(row.id),
    json: String(row.json),
  }));
}
