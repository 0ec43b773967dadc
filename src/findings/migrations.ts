import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { listMigrations } from '../cluster/migrate.ts';
import { MigrationError } from '../cluster/migration-error.ts';
import { splitStatements } from '../cluster/sql-split.ts';
import { ConfigError } from '../design/config-error.ts';
import type { Located } from './places.ts';

/** Folders that a user named for a database. Throws ConfigError, in one line, for one that cannot be read or holds none. */
export async function readGivenMigrations(folders: readonly string[]): Promise<readonly Located[]> {
  const located: Located[] = [];
  for (const folder of folders) {
    try {
      located.push(...(await readMigrations([folder])));
    } catch (error) {
      if (!(error instanceof MigrationError)) throw error;
      const { cause, message, place } = error;
      const code = (cause as NodeJS.ErrnoException | undefined)?.code;
      const what =
        code === 'ENOENT'
          ? 'no such folder'
          : code === 'ENOTDIR'
            ? 'is no folder'
            : withoutHint(message, place.file);
      throw new ConfigError(`--migrations ${place.file}`, what, 'give a folder of *.sql files', { cause });
    }
  }
  return located;
}

/** What is wrong with a file or folder, without its name and without advice that is meant for designs. */
function withoutHint(message: string, file: string): string {
  return message
    .replace(file, '')
    .replace(/[:;].*$/s, '')
    .trim();
}

/**
 * The statements of folders of migrations, in the order in which they are applied. Throws MigrationError when a folder
 * holds none, or a file is none of UTF-8.
 *
 * @param named gives the name that a report shows for a file
 */
export async function readMigrations(
  folders: readonly string[],
  named: (file: string) => string = (file) => file,
): Promise<readonly Located[]> {
  const located: Located[] = [];
  for (const folder of folders) {
    for (const name of await listMigrations(folder)) {
      const file = path.join(folder, name);
      const text = await readSql(file);
      let line = 1;
      let seen = 0;
      for (const { text: statement, start } of splitStatements(text)) {
        for (let at = text.indexOf('\n', seen); at >= 0 && at < start; at = text.indexOf('\n', at + 1))
          line++;
        seen = start;
        located.push({ text: statement, file: named(file), line });
      }
    }
  }
  return located;
}

async function readSql(file: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (error) {
    const what = error instanceof TypeError ? 'is not UTF-8' : 'cannot be read';
    throw MigrationError.of(file, error, what);
  }
}
