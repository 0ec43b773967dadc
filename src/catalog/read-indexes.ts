import type { Index, Relation } from './catalog.ts';
import { factsOf } from './of-relations.ts';
import type { Query } from './query.ts';

/** An expression has attribute number 0 in indkey, to which no column answers. */
const indexesSql = /* sql */ `
  SELECT r.rank::int, c.relname AS name, m.amname AS method, i.indisunique AS "unique", i.indisprimary AS "primary",
         i.indisvalid AS valid,
         ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
               LEFT JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
               WHERE k.place <= i.indnkeyatts ORDER BY k.place) AS columns,
         CASE WHEN i.indpred IS NOT NULL THEN pg_get_expr(i.indpred, i.indrelid) END AS predicate,
         pg_get_indexdef(i.indexrelid) AS definition
  FROM unnest($1::oid[]) WITH ORDINALITY AS r (oid, rank)
  JOIN pg_index AS i ON i.indrelid = r.oid
  JOIN pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_am AS m ON m.oid = c.relam
  ORDER BY r.rank, c.relname`;

/** Indexes of relations, by relation and name. */
export function readIndexes(query: Query, relations: readonly Relation[]): Promise<readonly Index[]> {
  return factsOf<Omit<Index, 'relation'>>(query, indexesSql, relations);
}
