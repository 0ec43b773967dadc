import { ident } from '../access/target.ts';
import { storedNames } from './operations.ts';
import type { Scene } from './scene.ts';

/** What the command line of a program may be long, with room to spare. */
const longest = 100_000;

/** COPY of the rows of a query into the table, by a program that writes them; none where they are too long for one. */
export async function copyFrom({ context, target }: Scene, rows: string): Promise<readonly string[]> {
  const texts = target.stored.map(({ name }) => `source.${ident(name)}::text`).join(', ');
  const found = await context.session.query(`SELECT ARRAY[${texts}] AS "values" FROM (${rows}) AS source`);
  const lines = found.map((row) => `${(row.values as (string | null)[]).map(field).join('\t')}\n`);
  const encoded = Buffer.from(lines.join('')).toString('base64');
  if (found.length === 0 || encoded.length > longest) return [];
  // Base64 needs no quoting by any shell.
  const program = `echo ${encoded} | base64 -d`;
  return [
    `COPY ${target.relation.identity} (${storedNames(target)}) FROM PROGRAM '${program}' WITH (ENCODING 'UTF8')`,
  ];
}

/** A value in the text format of COPY. */
function field(value: string | null): string {
  if (value === null) return '\\N';
  const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
  return value.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character);
}
