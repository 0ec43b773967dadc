import pg from 'pg';

/** A foreign key of the database. */
export interface ForeignKey {
  readonly name: string;
  /** Both sides quoted, fit for a statement. */
  readonly child: string;
  readonly parent: string;
  readonly columns: readonly string[];
  readonly references: readonly string[];
  readonly full: boolean;
}

// Constraints of partitions repeat those of the partitioned table (conparentid), and a referenced partitioned table
// gets one for each partition: the topmost says it all.
const foreignKeysQuery = `
  SELECT c.conname AS name,
         format('%I.%I', cn.nspname, cr.relname) AS child,
         format('%I.%I', pn.nspname, pr.relname) AS parent,
         (SELECT array_agg(a.attname::text ORDER BY k.i)
            FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, i)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) AS columns,
         (SELECT array_agg(a.attname::text ORDER BY k.i)
            FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, i)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.attnum) AS "references",
         c.confmatchtype = 'f' AS full
    FROM pg_catalog.pg_constraint c
    JOIN pg_catalog.pg_class cr ON cr.oid = c.conrelid
    JOIN pg_catalog.pg_namespace cn ON cn.oid = cr.relnamespace
    JOIN pg_catalog.pg_class pr ON pr.oid = c.confrelid
    JOIN pg_catalog.pg_namespace pn ON pn.oid = pr.relnamespace
   WHERE c.contype = 'f' AND c.conparentid = 0
   ORDER BY cn.nspname, cr.relname, c.conname`;

/** A row refers to one that is not there. */
export class BrokenForeignKey extends Error {
  override readonly name = 'BrokenForeignKey';
}

/** Every foreign key of the database; those of partitions are their parents'. */
export async function foreignKeys(client: pg.Client): Promise<readonly ForeignKey[]> {
  return (await client.query<ForeignKey>(foreignKeysQuery)).rows;
}

/**
 * Proves that every foreign key of the database holds, one query for each, and returns how many there are. Throws
 * `BrokenForeignKey` with the constraint and the first key that refers to nothing.
 */
export async function verifyForeignKeys(client: pg.Client): Promise<number> {
  const keys = await foreignKeys(client);
  for (const key of keys) await verifyForeignKey(client, key);
  return keys.length;
}

/** Throws `BrokenForeignKey` when a row refers to one that is not there. */
export async function verifyForeignKey(client: pg.Client, key: ForeignKey): Promise<void> {
  const found = await client.query<{ key: string }>(orphanQuery(key));
  const orphan = found.rows[0];
  if (orphan === undefined) return;
  throw new BrokenForeignKey(
    `foreign key "${key.name}" of ${key.child} does not hold: ` +
      `(${key.columns.join(', ')}) = ${orphan.key} is not in ${key.parent} (${key.references.join(', ')})`,
  );
}

/** The first row without its parent. MATCH SIMPLE asks for none when a column is NULL, MATCH FULL when all are. */
function orphanQuery(key: ForeignKey): string {
  const columns = key.columns.map((name) => `c.${pg.escapeIdentifier(name)}`);
  const references = key.references.map((name) => `p.${pg.escapeIdentifier(name)}`);
  const absent = columns.map((column) => `${column} IS NULL`).join(key.full ? ' AND ' : ' OR ');
  const meets = columns.map((column, i) => `${references[i]} = ${column}`).join(' AND ');
  return `
    SELECT ROW(${columns.join(', ')})::text AS key FROM ${key.child} AS c
     WHERE NOT (${absent}) AND NOT EXISTS (SELECT FROM ${key.parent} AS p WHERE ${meets})
     LIMIT 1`;
}
