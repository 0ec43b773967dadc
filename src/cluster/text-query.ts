import type pg from 'pg';

/** What a statement gave, every value as the server wrote it. */
export interface TextResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Rows returned or touched. */
  readonly count: number;
}

/** Runs statements as one simple query; of several, the last gives the result. A server error is thrown as it is. */
export async function textQuery(client: pg.Client, text: string): Promise<TextResult> {
  const result = await client.query<(string | null)[], []>({
    text,
    rowMode: 'array',
    // Parsed values would lose microseconds, and digits of numbers.
    types: { getTypeParser: () => (value: unknown) => value } as unknown as pg.CustomTypesConfig,
  });
  const last = [result].flat().at(-1);
  return {
    columns: last?.fields.map(({ name }) => name) ?? [],
    rows: last?.rows ?? [],
    count: last?.rowCount ?? 0,
  };
}
