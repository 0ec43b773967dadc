export type Row = Readonly<Record<string, unknown>>;

/** Runs a statement, on the same connection every time, and gives its rows. */
export type Query = (sql: string, values?: unknown[]) => Promise<readonly Row[]>;

/** Rows as the statement's own column names and types say; nothing else vouches for `T`. */
export async function rowsOf<T>(query: Query, sql: string, values: unknown[] = []): Promise<readonly T[]> {
  return (await query(sql, values)) as unknown as readonly T[];
}
