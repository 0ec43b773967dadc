import { type Query, rowsOf } from './query.ts';

/**
 * Parameters that decide how the server prints an expression, a type or a name. With these, two sessions print the same
 * text for the same thing, and everything outside pg_catalog is named with its schema.
 */
const pinned = {
  search_path: 'pg_catalog, pg_temp',
  quote_all_identifiers: 'off',
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
} as const;

const currentSql = /* sql */ `
  SELECT name, pg_catalog.current_setting(name) AS value
  FROM pg_catalog.unnest($1::pg_catalog.text[]) AS name`;

const setForTransactionSql = /* sql */ `
  SELECT pg_catalog.set_config(name, value, true)
  FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS pin (name, value)`;

/** Without a transaction the statement before has already lost its effect; then, and only then, this sets anything. */
const setWhereLostSql = /* sql */ `
  SELECT name, pg_catalog.set_config(name, value, false)
  FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS pin (name, value)
  WHERE pg_catalog.current_setting(name) OPERATOR(pg_catalog.<>) value`;

const restoreSql = /* sql */ `
  SELECT pg_catalog.set_config(name, value, $3)
  FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS pin (name, value)`;

interface Parameter {
  readonly name: string;
  readonly value: string;
}

/** Runs `work` with the server's output pinned, inside a transaction or outside of one; afterwards all is as before. */
export async function withPinnedOutput<T>(query: Query, work: () => Promise<T>): Promise<T> {
  const names = Object.keys(pinned);
  const values = Object.values(pinned);
  const before = await rowsOf<Parameter>(query, currentSql, [names]);
  await query(setForTransactionSql, [names, values]);
  const lost = new Set(
    (await rowsOf<Parameter>(query, setWhereLostSql, [names, values])).map(({ name }) => name),
  );
  const restore = async () => {
    const changed = lost.size === 0 ? before : before.filter(({ name }) => lost.has(name));
    const columns = [changed.map(({ name }) => name), changed.map(({ value }) => value)];
    await query(restoreSql, [...columns, lost.size === 0]);
  };
  let result: T;
  try {
    result = await work();
  } catch (error) {
    // In a failed transaction this fails as well, and the rollback restores; what went wrong is the first error.
    await restore().catch(() => undefined);
    throw error;
  }
  await restore();
  return result;
}
