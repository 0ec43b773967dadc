import { z } from 'zod';
import { indexesOf } from '../../../catalog/index.ts';
import { faults } from '../../../faults/index.ts';
import { ident } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell } from '../looked.ts';
import { staleExceptions } from './foreign-keys.ts';
import { type IndexFacts, indexesThere } from './index-facts.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** Indexes as `schema.name`, or their names alone. */
  except: z.array(z.string()).optional(),
});
type Claim = z.infer<typeof parameters>;

const relations = `
  SELECT format('%I.%I', n.nspname, c.relname) AS relation
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND NOT c.relispartition AND c.relhasindex AND n.nspname = ANY ($1) ORDER BY 1`;

/** No index costs writes without serving a read that another does not serve. */
export const structureNoRedundantIndexes = defineCheck({
  kind: 'structure.no-redundant-indexes',
  family: 'structure',
  says: 'no index is the same as another, or the beginning of another',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: ({ catalog, design }) => {
    const tables = catalog.relations
      .filter(
        ({ kind, parent, schema }) => kind === 'table' && parent === null && design.schemas.includes(schema),
      )
      .sort((a, b) => a.estimatedRows - b.estimatedRows);
    for (const { identity } of tables) {
      const index = indexesOf(catalog, identity).find(
        ({ method, valid, predicate, columns }) =>
          method === 'btree' && valid && predicate === null && !columns.includes(null),
      );
      if (index !== undefined) {
        return [
          faults['index-added'](identity, index.columns.map((column) => ident(column ?? '')).join(', ')),
        ];
      }
    }
    return [];
  },
});

async function* look({ session, design }: CheckContext, { except }: Claim): Look {
  const all: IndexFacts[] = [];
  for (const { relation } of await session.query(relations, [design.schemas])) {
    const indexes = await indexesThere(session, String(relation));
    all.push(...indexes);
    for (const index of indexes) {
      if (except?.includes(index.identity) || except?.includes(index.name)) continue;
      const other = indexes.find((each) => each !== index && makesNeedless(each, index));
      yield {
        subject: index.identity,
        at: 'pg_index',
        expected: 'serves what no other index of the table serves',
        actual:
          other === undefined ? 'so it does' : `${other.identity} (${other.keys.join(', ')}) serves it too`,
        wrong:
          other === undefined
            ? undefined
            : {
                says: `index ${index.identity} (${index.keys.join(', ')}) on ${String(relation)} is needless: ${other.identity} (${other.keys.join(', ')}) does what it does`,
                object: `index ${index.identity}`,
                reproduce: `SELECT pg_get_indexdef(oid) FROM unnest(ARRAY[${index.oid}, ${other.oid}]::oid[]) AS oid;`,
              },
      };
    }
  }
  return [
    ...(all.length > 0 ? [] : ['there is no index']),
    ...staleExceptions(except, (name) => all.some((index) => index.identity === name || index.name === name)),
  ];
}

/** True when whatever `index` does, `other` does. */
function makesNeedless(other: IndexFacts, index: IndexFacts): boolean {
  const same = other.keys.length === index.keys.length;
  // Only a btree is read from its first columns on.
  if (!same && (index.method !== 'btree' || other.keys.length < index.keys.length)) return false;
  const alike =
    other.valid &&
    other.method === index.method &&
    other.predicate === index.predicate &&
    index.keys.every(
      (key, place) => other.keys[place] === key && other.classes[place] === index.classes[place],
    ) &&
    index.included.every((column) => other.included.includes(column) || other.keys.includes(column)) &&
    isSameOrder(other.options, index.options);
  if (!alike) return false;
  if (index.unique) {
    // Of two that forbid the same, one is enough: the older stays.
    const forbids = other.unique && same && other.nullsNotDistinct === index.nullsNotDistinct;
    return forbids && other.oid < index.oid;
  }
  const isCovered = index.included.length === other.included.length;
  return !same || other.unique || !isCovered || other.oid < index.oid;
}

/** A btree is read backwards as well: all directions turned around are the same order. */
function isSameOrder(other: readonly string[], index: readonly string[]): boolean {
  const bits = index.map((option, place) => Number(option) ^ Number(other[place] ?? 0));
  return bits.every((bit) => bit === 0) || bits.every((bit) => bit === 3);
}
