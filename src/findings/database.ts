import pg from 'pg';
import type { Query } from '../catalog/index.ts';
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
 * Throws ConfigError when the URL is none, or when the database cannot be reached or read.
 */
export async function reviewDatabase(url: string, options: ReviewDatabaseOptions): Promise<FindingsReport> {
  const { version, migrations = [], statementMs = 30_000, signal } = options;
  await loadParser();
  const places = migrations.length === 0 ? undefined : placesOf(await readGivenMigrations(migrations));
  const client = clientFor(url);
  const name = nameOf(client);
  client.on('error', () => {});
  const hangUp = () => void client.end().catch(() => {});
  try {
    await client.connect();
  } catch (error) {
    await client.end().catch(() => {});
    throw new ConfigError(
      name,
      saidBy(error, client),
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
    throw new ConfigError(name, saidBy(error, client), 'nothing was changed', { cause: undefined });
  } finally {
    signal?.removeEventListener('abort', hangUp);
    await client.end().catch(() => {});
  }
}

export function isDatabaseUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(text);
}

function clientFor(url: string): pg.Client {
  try {
    return new pg.Client({
      connectionString: url,
      application_name: 'pgattest review',
      connectionTimeoutMillis: 15_000,
    });
  } catch {
    // What could not be read may hold a password; none of it is repeated.
    throw new ConfigError(
      'the URL of the database',
      'is none that can be read',
      'postgres://user@host:5432/database, with special characters percent-encoded',
    );
  }
}

function nameOf({ user, host, port, database }: pg.Client): string {
  return `${user ?? ''}@${host}${host.startsWith('/') ? '' : `:${port}`}/${database ?? ''}`;
}

/** What the server or the socket said, without the password, should it be in there. */
function saidBy(error: unknown, { password }: pg.Client): string {
  const { message, errors } = error as Error & { readonly errors?: readonly Error[] };
  const said = message !== '' ? message : (errors?.[0]?.message ?? 'cannot be reached');
  return typeof password === 'string' && password !== '' ? said.replaceAll(password, '***') : said;
}
