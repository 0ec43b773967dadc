import { columnList, type Target } from './target.ts';

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
  return `SELECT count(*)::int AS rows, ${digestSql(contentSql(alias, columns))} AS digest FROM ${from}`;
}

/** SQL for what of a row is hashed. */
export function contentSql(alias: string, columns: readonly string[]): string {
  return `ROW(${columnList(columns, alias)})::text`;
}

/** SQL for the digest of a group of rows, over what `contentSql` gives for each. */
export function digestSql(content: string): string {
  const sum = (seed: number) => `coalesce(sum(hashtextextended(${content}, ${seed})::numeric), 0)`;
  return `${sum(0)} || ' ' || ${sum(1)}`;
}

/** The rows of several sets that have none in common. */
export function union(sets: readonly RowSet[]): RowSet {
  const sums = [0n, 0n];
  for (const { digest } of sets) {
    for (const [index, part] of digest.split(' ').entries()) sums[index] = (sums[index] ?? 0n) + BigInt(part);
  }
  return { rows: sets.reduce((all, { rows }) => all + rows, 0), digest: sums.join(' ') };
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
