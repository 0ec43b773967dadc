import type pg from 'pg';
import type { Postgres } from '../../cluster/postgres.ts';
import type { Seen } from '../model.ts';
import { withinSavepoint } from './looked.ts';

/** What a table holds, in whatever order. */
export interface TableFingerprint {
  readonly rows: number;
  /** Two 64-bit hashes of each row's text, summed; of a table that cannot be read, why not. */
  readonly hash: string;
}

/** Tables that hold rows of their own, and materialised views; partitions each for itself. Extensions fill some of theirs anew. */
const tables = `SELECT format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND c.relpersistence = 'p'
    AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' ORDER BY 1`;

/** All that the text of a value hangs on. */
const settings = `SET LOCAL search_path = pg_catalog; SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'iso_8601';
  SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL lc_monetary = 'C';
  SET LOCAL xmloption = 'content'; SET LOCAL row_security = off`;

/**
 * Every table of a database in one snapshot, so that two servers can be compared without holding their rows. Views that were never filled
 * count as empty. Reads everything once.
 */
export async function fingerprint(
  server: Postgres,
  database: string,
): Promise<Map<string, TableFingerprint>> {
  const client = await server.connect({ database, applicationName: 'pgattest fingerprint' });
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    await client.query(settings);
    const found = new Map<string, TableFingerprint>();
    for (const { name } of (await client.query<{ name: string }>(tables)).rows) {
      found.set(name, await fingerprintOf(client, name));
    }
    return found;
  } finally {
    await client.end();
  }
}

async function fingerprintOf(client: pg.Client, name: string): Promise<TableFingerprint> {
  const sum = (seed: number) => `coalesce(sum(hashtextextended(t::text, ${seed})::numeric), 0)`;
  const statement = `SELECT count(*) AS rows, ${sum(0)} || ' ' || ${sum(1)} AS hash FROM ONLY ${name} AS t`;
  let found: { readonly rows: string; readonly hash: string } | undefined;
  const unreadable = await withinSavepoint(client, async () => {
    [found] = (await client.query<{ rows: string; hash: string }>(statement)).rows;
    return undefined;
  });
  return { rows: Number(found?.rows ?? 0), hash: unreadable ?? found?.hash ?? '' };
}

/** Two fingerprints as sightings: one when they are the same, one for each table that differs when not. */
export function compareFingerprints(
  expected: ReadonlyMap<string, TableFingerprint>,
  actual: ReadonlyMap<string, TableFingerprint>,
): Seen[] {
  const way = {
    way: 'rows and their hashes, in any order',
    statement: 'count(*), sum(hashtextextended(row::text))',
  };
  const names = [...new Set([...expected.keys(), ...actual.keys()])];
  const differing = names.filter((name) => {
    const [one, other] = [expected.get(name), actual.get(name)];
    return one?.rows !== other?.rows || one?.hash !== other?.hash;
  });
  if (differing.length === 0) {
    const rows = [...expected.values()].reduce((sum, each) => sum + each.rows, 0);
    const same = `${rows} rows in ${names.length} tables`;
    return [{ subject: 'tables', ...way, expected: same, actual: same, agrees: true, tried: names.length }];
  }
  return differing.map((name) => ({
    subject: name,
    ...way,
    expected: describe(expected.get(name)),
    actual: describe(actual.get(name)),
    agrees: false,
    object: name,
    tried: names.length,
  }));
}

function describe(found: TableFingerprint | undefined): string {
  return found === undefined ? 'no such table' : `${found.rows} rows, ${found.hash}`;
}
