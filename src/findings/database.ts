import pg from 'pg';
import type { Query } from '../catalog/index.ts';
import { readAddress } from '../cluster/url/address.ts';
import { ConfigError } from '../design/config-error.ts';
import { assemble } from './assemble.ts';
import { type FindOptions, findIn } from './find.ts';
import { readGivenMigrations } from './migrations.ts';
import type { FindingsReport } from './model.ts';
import { placesOf } from './places.ts';
import { loadParser } from './tree.ts';

export interface ReviewDatabaseOptions extends Omit<FindOptions, 'of'> {
  /** For the report. */
  readonly version: string;
  /** Folders of migrations, by which findings get a file and a line. */
  readonly migrations?: readonly string[];
  readonly statementMs?: number;
  readonly signal?: AbortSignal;
}

const oldest = 140_000;

/**
 * Looks at a live database with the catalogue's checks: in one REPEATABLE READ transaction that may not write, with limits
 * on statements and locks. The password comes from the URL, PGPASSWORD or the password file, and is never printed.
 * Throws ClusterError when the URL is none, ConfigError when the database cannot be reached or read.
 */
export async function reviewDatabase(url: string, options: ReviewDatabaseOptions): Promise<FindingsReport> {
  const { version, migrations = [], statementMs = 30_000, signal } = options;
  await loadParser();
  const places = migrations.length === 0 ? undefined : placesOf(await readGivenMigrations(migrations));
  const address = readAddress(url);
  const name = address.shown;
  const client = address.client({ applicationName: 'pgattest review' });
  const hangUp = () => void client.end().catch(() => {});
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw new ConfigError(
      name,
      address.said(error),
      'correct the URL, or see that the server can be reached',
    );
  }
  signal?.addEventListener('abort', hangUp, { once: true });
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    // LOCAL, so that a pooler's next client does not find them set.
    await client.query('SET LOCAL default_transaction_read_only = on');
    await client.query(`SET LOCAL statement_timeout = ${Math.round(statementMs)}`);
    await client.query('SET LOCAL lock_timeout = 2000');
    await client.query('SET LOCAL jit = off');
    const query: Query = async (sql, values = []) => (await client.query(sql, [...values])).rows;
    const [server] = await query(
      `SELECT pg_catalog.version() AS banner, pg_catalog.current_setting('server_version_num')::int AS number`,
    );
    if (Number(server?.number) < oldest) {
      throw new ConfigError(
        name,
        `is ${String(server?.banner)}`,
        'PostgreSQL 14 is the oldest that is known',
      );
    }
    const found = await findIn(query, { ...options, of: 'database' });
    await client.query('ROLLBACK');
    const more = places === undefined ? {} : { places };
    return assemble(found, { database: name, server: String(server?.banner), version, ...more });
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ConfigError || !(error instanceof pg.DatabaseError)) throw error;
    throw new ConfigError(name, address.said(error), 'nothing was changed', { cause: undefined });
  } finally {
    signal?.removeEventListener('abort', hangUp);
    await client.end().catch(() => {});
  }
}
