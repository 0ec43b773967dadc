import type { EventEmitter } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type pg from 'pg';
import { MigrationError } from './migration-error.ts';
import { splitStatements } from './sql-split.ts';

/** A migration that was applied, and how long it took. */
export interface Migration {
  readonly file: string;
  readonly milliseconds: number;
}

/**
 * Applies the `*.sql` of a folder in the order of their names, as the role that the client is. Each file is one
 * transaction and starts with a fresh session (role, settings, temporary tables), so files do not lean on each other.
 * A file with a statement that no transaction may hold is applied statement by statement.
 * Throws MigrationError, with file, line and statement; an aborted signal ends the connection and throws
 * its reason.
 */
export async function migrate(
  client: pg.Client,
  folder: string,
  signal?: AbortSignal,
): Promise<readonly Migration[]> {
  const applied: Migration[] = [];
  const names = await listMigrations(folder);
  const hangUp = () => void client.end();
  signal?.throwIfAborted();
  signal?.addEventListener('abort', hangUp, { once: true });
  try {
    for (const name of names) {
      const file = path.join(folder, name);
      const begin = performance.now();
      await applyFile(client, file, await readSql(file));
      applied.push({ file, milliseconds: performance.now() - begin });
    }
    return applied;
  } finally {
    signal?.removeEventListener('abort', hangUp);
    signal?.throwIfAborted();
  }
}

/** Names of the migrations of a folder, in order of their code points. None at all is an error. */
export async function listMigrations(folder: string): Promise<readonly string[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw MigrationError.of(folder, error, 'cannot be read: correct `migrations` of the design');
  }
  const migrations = names.filter((name) => name.endsWith('.sql')).sort((a, b) => (a < b ? -1 : 1));
  if (migrations.length > 0) return migrations;
  throw MigrationError.of(folder, undefined, 'holds no *.sql: correct `migrations` of the design');
}

async function readSql(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw MigrationError.of(file, error, 'cannot be read');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw MigrationError.of(file, error, 'is not UTF-8: save it as such');
  }
}

async function applyFile(client: pg.Client, file: string, sql: string): Promise<void> {
  try {
    if (mayLackTransaction(sql)) await applyEach(client, file, sql);
    else await applyWhole(client, file, sql);
  } finally {
    // A file may leave its own transaction open when it fails.
    await client.query('ROLLBACK').catch(() => {});
    await client.query('DISCARD ALL').catch(() => {});
  }
}

/**
 * The whole file is one simple query: the server splits it, and makes it one transaction unless the file has its own
 * BEGIN and COMMIT. Statements that ended are counted, which tells the failed one where the error has no position.
 */
async function applyWhole(client: pg.Client, file: string, sql: string): Promise<void> {
  const { connection } = client as pg.Client & { readonly connection: EventEmitter };
  let ended = 0;
  const count = () => {
    ended++;
  };
  connection.on('commandComplete', count);
  try {
    await client.query(sql);
  } catch (error) {
    throw MigrationError.at(file, sql, error, { ended });
  } finally {
    connection.off('commandComplete', count);
  }
}

async function applyEach(client: pg.Client, file: string, sql: string): Promise<void> {
  for (const { text, start } of splitStatements(sql)) {
    try {
      await client.query(text);
    } catch (error) {
      throw MigrationError.at(file, sql, error, { start });
    }
  }
}

/** Statements that refuse to run in a transaction block. */
const alone =
  /^(?:(?:create|drop)\s+(?:unique\s+)?(?:index\s+concurrently|database|tablespace|subscription)|reindex\b[\s\S]*\b(?:concurrently|database|system)|vacuum|cluster\s*$|alter\s+(?:system|database\b[\s\S]*\bset\s+tablespace)|alter\s+table\b[\s\S]*\bdetach\s+partition\b[\s\S]*\bconcurrently)\b/i;

function mayLackTransaction(sql: string): boolean {
  // A look at the text spares nearly every file the splitting.
  if (!/concurrently|vacuum|database|tablespace|subscription|alter\s+system|reindex|cluster/i.test(sql))
    return false;
  return splitStatements(sql).some(({ text }) => alone.test(text));
}
