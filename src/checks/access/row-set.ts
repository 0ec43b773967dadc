import type { Session } from '../../cluster/session.ts';
import { columnList, keyText, type Target } from './target.ts';

/**
 * A set of rows, told apart from another without holding either: the number of rows, and two 64-bit hashes of each
 * row's readable columns, summed, so that the order does not matter.
 */
export interface RowSet {
  readonly rows: number;
  readonly digest: string;
}

/** SQL that gives one row (rows, digest) for `from`, whose rows are called `alias`. */
export function rowSetSql(
  target: Target,
  alias: string,
  from: string,
  columns = readableColumns(target),
): string {
  const row = `ROW(${columnList(columns, alias)})::text`;
  const sum = (seed: number) => `coalesce(sum(hashtextextended(${row}, ${seed})::numeric), 0)`;
  return `SELECT count(*)::int AS rows, ${sum(0)} || ' ' || ${sum(1)} AS digest FROM ${from}`;
}

/** Reads what `rowSetSql` selects. */
export function rowSetOf(row: Readonly<Record<string, unknown>> | undefined): RowSet {
  return { rows: Number(row?.rows ?? 0), digest: String(row?.digest ?? '') };
}

export function sameRows(a: RowSet, b: RowSet): boolean {
  return a.rows === b.rows && a.digest === b.digest;
}

export function describeRows(set: RowSet): string {
  return set.rows === 1 ? '1 row' : `${set.rows} rows`;
}

export function readableColumns(target: Target): string[] {
  return target.readable.map((column) => column.name);
}

/** Key and content hash of each row: to name rows once two sets are known to differ. */
export async function listRows(
  session: Session,
  target: Target,
  alias: string,
  from: string,
): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query(
    `SELECT ${keyText(target, alias)} AS key, md5(ROW(${columnList(readableColumns(target), alias)})::text) AS content
     FROM ${from}`,
  );
  return new Map(rows.map((row) => [String(row.key), String(row.content)]));
}

/** How two row sets differ; keys in a stable order. */
export interface RowDifference {
  readonly extra: readonly string[];
  readonly missing: readonly string[];
  readonly changed: readonly string[];
}

export function difference(
  expected: ReadonlyMap<string, string>,
  actual: ReadonlyMap<string, string>,
): RowDifference {
  const extra = [...actual.keys()].filter((key) => !expected.has(key));
  const missing = [...expected.keys()].filter((key) => !actual.has(key));
  const changed = [...actual].filter(([key, content]) => expected.has(key) && expected.get(key) !== content);
  return { extra: extra.sort(), missing: missing.sort(), changed: changed.map(([key]) => key).sort() };
}
