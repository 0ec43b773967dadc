import type { Constraint, Relation } from './catalog.ts';
import { decode } from './decode.ts';
import { factsOf } from './of-relations.ts';
import type { Query } from './query.ts';

/**
 * A foreign key that refers to a partitioned table has a copy for each partition of that table; they are the server's
 * own bookkeeping, and left out. A copy on a partition of the referring table binds its rows, and is kept.
 */
const constraintsSql = /* sql */ `
  SELECT r.rank::int, c.conname AS name, c.contype AS kind,
         ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
               JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum ORDER BY k.place) AS columns,
         pg_get_constraintdef(c.oid) AS definition,
         CASE WHEN c.contype = 'f' THEN format('%I.%I', n.nspname, target.relname) END AS "references",
         ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, place)
               JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.attnum
               ORDER BY k.place) AS "referencedColumns",
         CASE WHEN c.contype = 'f' THEN c.confdeltype END AS "onDelete",
         c.convalidated AS validated
  FROM unnest($1::oid[]) WITH ORDINALITY AS r (oid, rank)
  JOIN pg_constraint AS c ON c.conrelid = r.oid AND c.contype IN ('p', 'u', 'f', 'c', 'x')
  LEFT JOIN pg_class AS target ON target.oid = c.confrelid
  LEFT JOIN pg_namespace AS n ON n.oid = target.relnamespace
  LEFT JOIN pg_constraint AS original ON original.oid = c.conparentid
  WHERE original.conrelid IS DISTINCT FROM c.conrelid
  ORDER BY r.rank, c.conname`;

const kinds: Readonly<Record<string, Constraint['kind']>> = {
  p: 'primary key',
  u: 'unique',
  f: 'foreign key',
  c: 'check',
  x: 'exclusion',
};

const actions: Readonly<Record<string, string>> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
};

type ConstraintRow = Omit<Constraint, 'relation' | 'kind'> & { readonly kind: string };

/** Constraints of relations, by relation and name. Those of domains and constraint triggers are not among them. */
export async function readConstraints(
  query: Query,
  relations: readonly Relation[],
): Promise<readonly Constraint[]> {
  const rows = await factsOf<ConstraintRow>(query, constraintsSql, relations);
  return rows.map((row) => ({
    ...row,
    kind: decode(kinds, row.kind, 'pg_constraint.contype'),
    onDelete: row.onDelete === null ? null : decode(actions, row.onDelete, 'pg_constraint.confdeltype'),
  }));
}
