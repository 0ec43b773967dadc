import { z } from 'zod';
import type { Session } from '../../../cluster/session.ts';
import { faults } from '../../../faults/index.ts';
import { ident, literal } from '../../access/target.ts';
import { type CheckContext, defineCheck } from '../../check.ts';
import { type Look, tell, type Wrong } from '../looked.ts';
import { relationThere } from '../relation-there.ts';
import { type IndexFacts, indexesThere, indexText, shortfall, specifiedIndex } from './index-facts.ts';

const parameters = z.strictObject({
  kind: z.string(),
  table: z.string(),
  /** Absent: whatever it is called. */
  index: z.string().optional(),
  /** Names of columns, or elements as CREATE INDEX takes them. */
  columns: z.array(z.string()).min(1),
  unique: z.boolean().optional(),
  where: z.string().optional(),
  /** Absent: btree. */
  method: z.enum(['btree', 'hash', 'gin', 'gist', 'spgist', 'brin']).optional(),
  include: z.array(z.string()).optional(),
});
type Claim = z.infer<typeof parameters>;

/** A valid index serves what is claimed, on every partition. */
export const structureIndex = defineCheck({
  kind: 'structure.index',
  family: 'structure',
  says: 'a valid index has the columns, method and predicate that are claimed, on every partition too',
  parameters,
  needs: ['superuser'],
  tables: ({ table }) => [table],
  run: (context, claim) => tell(context, look(context, claim)),
  faults: (_, claim) => [
    faults['all-dropped'](`index ${objectOf(claim)}`, async (session) =>
      (await serving(session, claim)).map(({ drop }) => drop),
    ),
  ],
});

function objectOf({ index, table, ...spec }: Claim): string {
  return index === undefined
    ? `${indexText(spec)} on ${table}`
    : `${ident(index).replace(/^"([a-z_][a-z0-9_]*)"$/, '$1')} on ${table}`;
}

async function serving(session: Session, claim: Claim): Promise<readonly IndexFacts[]> {
  const wanted = await specifiedIndex(session, claim.table, claim);
  if (typeof wanted === 'string') return [];
  return (await indexesThere(session, claim.table)).filter(
    (found) =>
      shortfall(found, wanted, claim) === undefined &&
      (claim.index === undefined || found.name === claim.index),
  );
}

async function* look({ session }: CheckContext, claim: Claim): Look {
  const { table, index } = claim;
  const missing = await relationThere(session, table);
  if (missing !== undefined) {
    yield missing;
    return [];
  }
  const wanted = await specifiedIndex(session, table, claim);
  const there = await indexesThere(session, table);
  const serves = await serving(session, claim);
  const [best] = serves;
  const says = (): string => {
    if (typeof wanted === 'string') return wanted;
    const named = there.find(({ name }) => name === index);
    if (named !== undefined) return shortfall(named, wanted, claim) ?? '';
    const other = there.find((found) => shortfall(found, wanted, claim) === undefined);
    if (index !== undefined)
      return `there is no index of that name${other === undefined ? '' : `; ${other.name} serves`}`;
    const near = there.find(({ keys }) => keys[0] === wanted.keys[0]);
    return near === undefined
      ? 'no index'
      : `none serves; of ${near.name}, ${shortfall(near, wanted, claim)}`;
  };
  const leaf = best === undefined ? undefined : await leafWithout(session, table, best);
  const actual =
    best === undefined ? says() : leaf === undefined ? best.name : `${best.name} is not on ${leaf}`;
  const wrong: Wrong | undefined =
    best !== undefined && leaf === undefined
      ? undefined
      : {
          says: `${table} is not served by an index ${indexText(claim)}: ${actual}`,
          object: `index ${objectOf(claim)}`,
          reproduce: `SELECT indexrelid::regclass, indisvalid, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = ${literal(table)}::regclass;`,
        };
  yield { subject: table, at: 'pg_index', expected: indexText(claim), actual, wrong };
  return [];
}

/** A partition that holds rows and has no valid part of the index. */
async function leafWithout(
  session: Session,
  table: string,
  { oid }: IndexFacts,
): Promise<string | undefined> {
  const [row] = await session.query(
    `SELECT leaf.relid::regclass::text AS leaf FROM pg_partition_tree($1::text::regclass) AS leaf
     WHERE leaf.isleaf AND leaf.level > 0 AND NOT EXISTS (
       SELECT FROM pg_partition_tree($2::oid::regclass) AS part JOIN pg_catalog.pg_index AS i ON i.indexrelid = part.relid
       WHERE i.indrelid = leaf.relid AND i.indisvalid)
     ORDER BY 1 LIMIT 1`,
    [table, oid],
  );
  return row === undefined ? undefined : String(row.leaf);
}
