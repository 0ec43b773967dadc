import type { Index } from '../../catalog/catalog.ts';
import { indexesOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { quotePart } from '../names.ts';

/** Indexes that another one makes needless: the same keys, or the first of them. */
export const indexRedundant: FindingCheck = {
  id: 'index.redundant',
  find: ({ catalog }) =>
    catalog.relations
      .filter(({ parent }) => parent === null)
      .flatMap(({ identity, schema }) => {
        const indexes = indexesOf(catalog, identity).filter(
          ({ method, valid }) => method === 'btree' && valid,
        );
        return indexes.flatMap((index, at): readonly Found[] => {
          const other = indexes.find((each, where) => each !== index && covers(each, index, where < at));
          if (other === undefined) return [];
          return [
            {
              severity: 'note',
              subject: { kind: 'index', identity, name: index.name },
              says: `${index.name} does nothing that ${other.name} does not`,
              why: 'each write pays for it, and no query needs it',
              fix: `DROP INDEX ${quotePart(schema)}.${quotePart(index.name)}`,
            },
          ];
        });
      }),
};
/** `earlier` breaks the tie between two that are alike. */
function covers(one: Index, other: Index, earlier: boolean): boolean {
  if (other.unique || other.primary || one.predicate !== other.predicate) return false;
  if (other.definition.includes(' INCLUDE (')) return false;
  const [wide, narrow] = [keysOf(one.definition), keysOf(other.definition)];
  if (!narrow.every((key, at) => key === wide[at] || sameBackwards(key, wide[at], narrow.length)))
    return false;
  return wide.length > narrow.length || one.unique || earlier;
}

/** An index of one key serves both directions. */
function sameBackwards(key: string, other: string | undefined, keys: number): boolean {
  const plain = (text: string) => text.replace(/ (?:ASC|DESC)(?: NULLS (?:FIRST|LAST))?$/, '');
  return keys === 1 && other !== undefined && plain(key) === plain(other);
}

/** Keys as pg_get_indexdef prints them, with direction and operator class. */
function keysOf(definition: string): readonly string[] {
  const from = definition.indexOf('(', definition.indexOf(' USING ')) + 1;
  const keys: string[] = [''];
  let depth = 0;
  for (const letter of definition.slice(from)) {
    if (letter === '(') depth++;
    if (letter === ')' && --depth < 0) break;
    if (letter === ',' && depth === 0) keys.push('');
    else keys[keys.length - 1] += letter;
  }
  return keys.map((key) => key.trim());
}
