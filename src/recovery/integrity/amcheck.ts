import type pg from 'pg';
import type { Seen } from '../model.ts';
import { borrowExtension } from './borrow-extension.ts';
import { type Looked, sightings, withinSavepoint } from './looked.ts';

interface Relation {
  readonly oid: string;
  readonly name: string;
}

const relations = (which: string) => `SELECT c.oid::text AS oid, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
  LEFT JOIN pg_catalog.pg_am AS a ON a.oid = c.relam
  WHERE c.relpersistence <> 't' AND ${which} ORDER BY c.oid`;

/** Tables, materialised views and what they keep aside; the catalogue's own too. */
const heaps = relations(`c.relkind IN ('r', 'm', 't') AND a.amname = 'heap'`);
/** One that CREATE INDEX CONCURRENTLY left behind is known to be incomplete. */
const trees = relations(
  `c.relkind = 'i' AND a.amname = 'btree' AND i.indisvalid AND i.indisready AND i.indislive`,
);

/** Every table by verify_heapam, every B-tree by bt_index_check with heapallindexed, by which each row of the table is in it. */
export async function seeStructures(client: pg.Client): Promise<Seen[]> {
  await client.query('BEGIN');
  try {
    const schema = await borrowExtension(client, 'amcheck');
    const heap = `SELECT blkno, msg FROM ${schema}.verify_heapam($1::oid::regclass, check_toast => true) LIMIT 1`;
    const tree = `SELECT ${schema}.bt_index_check($1::oid::regclass, true)`;
    return [
      ...sightings(
        {
          subject: 'tables',
          way: 'amcheck: pages and rows of each',
          statement: heap,
          expected: 'nothing wrong',
        },
        await lookAt(client, heaps, async ({ oid }) => {
          const { rows } = await client.query<{ blkno: string; msg: string }>(heap, [oid]);
          return rows[0] === undefined ? undefined : `block ${rows[0].blkno}: ${rows[0].msg}`;
        }),
      ),
      ...sightings(
        {
          subject: 'B-tree indexes',
          way: 'amcheck: order of each, and every row of the table in it',
          statement: tree,
          expected: 'nothing wrong',
        },
        await lookAt(client, trees, async ({ oid }) => {
          await client.query(tree, [oid]);
          return undefined;
        }),
      ),
    ];
  } finally {
    await client.query('ROLLBACK').catch(() => undefined);
  }
}

async function lookAt(
  client: pg.Client,
  which: string,
  look: (relation: Relation) => Promise<string | undefined>,
): Promise<readonly Looked[]> {
  const { rows } = await client.query<Relation>(which);
  const looked: Looked[] = [];
  for (const relation of rows) {
    looked.push({ object: relation.name, wrong: await withinSavepoint(client, () => look(relation)) });
  }
  return looked;
}
