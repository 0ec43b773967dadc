import type pg from 'pg';

/** An index as the catalogue defines it, with the constraint that it stands behind. All names are quoted and qualified. */
export interface IndexDefinition {
  readonly id: string;
  /** The index that it is a part of, at the top of the partitions. */
  readonly root: string;
  readonly level: number;
  /** Of a partitioned table: it holds no entries itself. */
  readonly partitioned: boolean;
  readonly table: string;
  readonly index: string;
  readonly parent: string | null;
  readonly definition: string;
  readonly tablespace: string | null;
  readonly constraint: ConstraintPart | null;
  readonly comment: string | null;
}

/** The PRIMARY KEY, UNIQUE or EXCLUDE constraint of an index. */
export interface ConstraintPart {
  readonly name: string;
  readonly type: 'p' | 'u' | 'x';
  readonly definition: string;
  readonly deferrable: boolean;
  readonly deferred: boolean;
  readonly comment: string | null;
}

/** A foreign key that leans on an index. */
export interface ReferenceDefinition {
  readonly table: string;
  readonly name: string;
  /** As it stands in the catalogue, without quotes. */
  readonly bareName: string;
  readonly definition: string;
  /** The top index that it leans on. */
  readonly root: string;
  readonly partitioned: boolean;
  readonly comment: string | null;
}

// What CREATE INDEX does not bring back (replica identity, CLUSTER's mark, statistics targets, an extension's) stays as it is, and so
// does an index that is not valid. So does one with a cast of an array of constants: read from text it is written otherwise, which
// means the same and would look like a change. Only whole trees are taken: their top, and all that hangs on it.
const indexesQuery = `
  WITH relations AS (
    SELECT given.oid FROM unnest($1::oid[]) AS given (oid)
    UNION SELECT t.relid FROM unnest($1::oid[]) AS given (oid), pg_partition_tree(given.oid) AS t
  ), tops AS (
    SELECT i.indexrelid AS root FROM pg_index i
     WHERE i.indrelid IN (SELECT oid FROM relations)
       AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)
  ), trees AS (
    SELECT root, root AS id, 0 AS level, NULL::oid AS parent FROM tops
    UNION ALL
    SELECT root, t.relid, t.level, t.parentrelid FROM tops, pg_partition_tree(root) AS t WHERE t.relid <> root
  ), strange AS (
    SELECT t.root FROM trees t JOIN pg_index i ON i.indexrelid = t.id
     WHERE i.indisreplident OR i.indisclustered OR NOT i.indisvalid OR NOT i.indisready
        OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.id AND a.attstattarget >= 0)
        OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = t.id AND d.deptype IN ('e', 'x'))
        OR i.indrelid NOT IN (SELECT oid FROM relations)
        OR pg_get_indexdef(t.id) LIKE '%])::%[])%'
  )
  SELECT t.id::text AS id, t.root::text AS root, t.level, x.relkind = 'I' AS partitioned,
         format('%I.%I', rn.nspname, r.relname) AS table,
         format('%I.%I', xn.nspname, x.relname) AS index,
         (SELECT format('%I.%I', pn.nspname, p.relname) FROM pg_class p JOIN pg_namespace pn ON pn.oid = p.relnamespace
           WHERE p.oid = t.parent) AS parent,
         pg_get_indexdef(t.id) AS definition,
         (SELECT spcname::text FROM pg_tablespace s WHERE s.oid = x.reltablespace) AS tablespace,
         (SELECT json_build_object('name', format('%I', c.conname), 'type', c.contype, 'definition', pg_get_constraintdef(c.oid),
                                   'deferrable', c.condeferrable, 'deferred', c.condeferred,
                                   'comment', obj_description(c.oid, 'pg_constraint'))
            FROM pg_constraint c WHERE c.conindid = t.id AND c.contype IN ('p', 'u', 'x')) AS constraint,
         obj_description(t.id, 'pg_class') AS comment
    FROM trees t
    JOIN pg_class x ON x.oid = t.id
    JOIN pg_namespace xn ON xn.oid = x.relnamespace
    JOIN pg_index i ON i.indexrelid = t.id
    JOIN pg_class r ON r.oid = i.indrelid
    JOIN pg_namespace rn ON rn.oid = r.relnamespace
   WHERE t.root NOT IN (SELECT root FROM strange)
   ORDER BY t.root, t.level, t.id`;

const referencesQuery = `
  SELECT format('%I.%I', n.nspname, r.relname) AS table, format('%I', c.conname) AS name, c.conname::text AS "bareName",
         pg_get_constraintdef(c.oid) AS definition, c.conindid::text AS root, r.relkind = 'p' AS partitioned,
         obj_description(c.oid, 'pg_constraint') AS comment
    FROM pg_constraint c
    JOIN pg_class r ON r.oid = c.conrelid
    JOIN pg_namespace n ON n.oid = r.relnamespace
   WHERE c.contype = 'f' AND c.conparentid = 0 AND c.conindid = ANY ($1::oid[])
   ORDER BY 1, 2`;

/** Definitions name everything with its schema only while no schema is searched. For the transaction. */
const searchNothing = "SET LOCAL search_path = ''";

/** Oids of tables as the search path finds them. Throws what the server says when one is not there. */
const tablesQuery = 'SELECT t.name::regclass::oid::text AS oid FROM unnest($1::text[]) AS t (name)';

/**
 * The indexes of tables and of their partitions that can be dropped and made again as they were. In a transaction, in which no schema
 * is searched from then on.
 */
export async function readIndexes(
  client: pg.Client,
  tables: readonly string[],
): Promise<readonly IndexDefinition[]> {
  const found = await client.query<{ oid: string }>(tablesQuery, [tables]);
  await client.query(searchNothing);
  const { rows } = await client.query<IndexDefinition>(indexesQuery, [found.rows.map(({ oid }) => oid)]);
  return rows;
}

/** The foreign keys that lean on these top indexes, whosever they are. */
export async function readReferences(
  client: pg.Client,
  roots: readonly string[],
): Promise<readonly ReferenceDefinition[]> {
  const { rows } = await client.query<ReferenceDefinition>(referencesQuery, [roots]);
  return rows;
}
