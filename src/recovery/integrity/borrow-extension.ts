import pg from 'pg';
import { ClusterError } from '../../cluster/error.ts';

/**
 * The schema of a contrib extension, quoted: where the database has it, or one that goes when the transaction that is open is rolled back.
 * Throws ClusterError `not-able` where it is not installed.
 */
export async function borrowExtension(client: pg.Client, name: string): Promise<string> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT n.nspname AS schema FROM pg_catalog.pg_extension AS e
     JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace WHERE e.extname = $1`,
    [name],
  );
  const there = rows[0]?.schema;
  if (there !== undefined) return pg.escapeIdentifier(there);
  const { rowCount } = await client.query('SELECT FROM pg_catalog.pg_available_extensions WHERE name = $1', [
    name,
  ]);
  if (rowCount === 0) {
    throw new ClusterError(
      'not-able',
      `the server has no extension ${name}`,
      'install the contrib modules of PostgreSQL (Debian: they are part of postgresql-15)',
    );
  }
  const schema = pg.escapeIdentifier(`pgattest_${name}`);
  await client.query(`CREATE SCHEMA ${schema}`);
  await client.query(`CREATE EXTENSION ${pg.escapeIdentifier(name)} SCHEMA ${schema}`);
  return schema;
}
