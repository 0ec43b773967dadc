import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { enterReplica } from '../../../data/fill.ts';
import { verifyForeignKeys } from '../../../data/index.ts';
import type { TenantRows, TenantTable } from './tenant-tables.ts';

/**
 * Brings rows of tenants from a restored copy into the live database, in one transaction there: those that are missing by their key,
 * and no other. They are streamed from one server to the other. Triggers are off, so that nothing is recorded twice; foreign keys are
 * off too, and all of the database's are proved to hold before it commits. Gives the number of rows. Throws what the server said, and
 * BrokenForeignKey; the live database is as before then.
 */
export async function bringBack(
  copy: pg.Client,
  live: pg.Client,
  all: readonly TenantRows[],
): Promise<number> {
  let rows = 0;
  await live.query('BEGIN');
  try {
    await live.query(enterReplica);
    for (const { tenant, tables } of all) {
      for (const table of tables) rows += await bringTable(copy, live, table, tenant);
    }
    await verifyForeignKeys(live);
    await live.query('COMMIT');
    return rows;
  } catch (error) {
    await live.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

async function bringTable(
  copy: pg.Client,
  live: pg.Client,
  { table, tenant }: TenantTable,
  of: string,
): Promise<number> {
  const { stored, key } = await columnsOf(live, table);
  const list = stored.map((name) => pg.escapeIdentifier(name)).join(', ');
  const qualified = stored.map((name) => `"row".${pg.escapeIdentifier(name)}`).join(', ');
  await live.query(`CREATE TEMP TABLE brought ON COMMIT DROP AS SELECT ${list} FROM ${table} WITH NO DATA`);
  const out = copyTo(
    `COPY (SELECT ${qualified} FROM ${table} AS "row" WHERE ${tenant} = ${pg.escapeLiteral(of)}) TO STDOUT`,
  );
  await pipeline(copy.query(out), live.query(copyFrom('COPY brought FROM STDIN')));
  // As one text, which can be hashed whatever the columns are.
  const told = (alias: string) =>
    `ROW(${key.map((name) => `${alias}.${pg.escapeIdentifier(name)}`).join(', ')})::text`;
  const { rowCount } = await live.query(
    `INSERT INTO ${table} (${list}) OVERRIDING SYSTEM VALUE SELECT ${list} FROM brought AS b
      WHERE NOT EXISTS (SELECT FROM ${table} AS t WHERE ${told('t')} = ${told('b')})`,
  );
  await live.query('DROP TABLE brought');
  return rowCount ?? 0;
}

/** What a table stores, without what is generated from it, and by what its rows are told apart: all of that where it has no key. */
async function columnsOf(
  client: pg.Client,
  table: string,
): Promise<{ readonly stored: readonly string[]; readonly key: readonly string[] }> {
  const { rows } = await client.query<{ name: string; key: boolean }>(
    `SELECT a.attname::text AS name,
            EXISTS (SELECT FROM pg_catalog.pg_index i
                     WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey::int2[])) AS key
       FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      ORDER BY a.attnum`,
    [table],
  );
  const stored = rows.map(({ name }) => name);
  const key = rows.filter((row) => row.key).map(({ name }) => name);
  return { stored, key: key.length === 0 ? stored : key };
}
