import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { listMigrations } from '../cluster/migrate.ts';
import { splitStatements } from '../cluster/sql-split.ts';
import type { Located } from './places.ts';

/**
 * The statements of folders of migrations, in the order in which they are applied. Throws MigrationError when a folder
 * holds none.
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
      const text = await readFile(file, 'utf8');
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
