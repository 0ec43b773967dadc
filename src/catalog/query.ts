export type Row = Readonly<Record<string, unknown>>;

/** Runs a statement, on the same connection every time, and gives its rows. */
export type Query = (sql: string, values?: unknown[]) => Promise<readonly Row[]>;

/** `15` for 15.18: the catalogues of the server differ by it. */
export async function majorVersion(query: Query): Promise<number> {
  const [row] = await query(`SELECT pg_catalog.current_setting('server_version_num')::int / 10000 AS major`);
  return Number(row?.major);
}

/** Rows as the statement's own column names and types say; nothing else vouches for `T`. */
export async function rowsOf<T>(query: Query, sql: string, values: unknown[] = []): Promise<readonly T[]> {
  return (await query(sql, values)) as unknown as readonly T[];
}
