import { type Query, rowsOf } from '../../catalog/query.ts';

/** An index that writes keep up and that nothing has read by since statistics began. Partitions' count as their table's. */
export interface UnreadIndex {
  readonly table: string;
  readonly index: string;
  readonly method: string;
  readonly bytes: number;
}

/**
 * Neither unique, which is a rule, nor of an exclusion constraint; nor one that a foreign key of the table begins with: it serves
 * deletions of what is referred to, however rare.
 */
const unreadSql = /* sql */ `
  SELECT top.relid::regclass::text AS table, top.indexrelid::regclass::text AS index, m.amname AS method,
         sum(pg_catalog.pg_relation_size(s.indexrelid))::float8 AS bytes
  FROM pg_catalog.pg_stat_user_indexes AS s
  CROSS JOIN LATERAL (
    SELECT coalesce(pg_catalog.pg_partition_root(s.relid), s.relid)::oid AS relid,
           coalesce(pg_catalog.pg_partition_root(s.indexrelid), s.indexrelid)::oid AS indexrelid
  ) AS top
  JOIN pg_catalog.pg_index AS i ON i.indexrelid = top.indexrelid
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am AS m ON m.oid = c.relam
  WHERE top.relid::oid = ANY ($1::oid[]) AND NOT i.indisunique AND NOT i.indisexclusion
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS f
                    WHERE f.conrelid = top.relid AND f.contype = 'f' AND f.conkey[1] = i.indkey[0])
  GROUP BY top.relid, top.indexrelid, m.amname
  HAVING sum(s.idx_scan) = 0
  ORDER BY 1, 2`;

/** Indexes of tables that nothing was read by; run with an empty search_path, so that names are whole. */
export async function unreadIndexes(query: Query, oids: readonly number[]): Promise<readonly UnreadIndex[]> {
  return rowsOf<UnreadIndex>(query, unreadSql, [[...oids]]);
}

/** Updates of tables so far, and how many of them needed no index entry; partitions count as their table. */
export type UpdateCounts = ReadonlyMap<string, { readonly updates: number; readonly hot: number }>;

const updatesSql = /* sql */ `
  SELECT coalesce(pg_catalog.pg_partition_root(relid), relid)::oid::int8::text AS oid,
         sum(n_tup_upd)::float8 AS updates, sum(n_tup_hot_upd)::float8 AS hot
  FROM pg_catalog.pg_stat_user_tables GROUP BY 1`;

/** By the table's oid, as text. */
export async function updateCounts(query: Query): Promise<UpdateCounts> {
  const rows = await rowsOf<{ oid: string; updates: number; hot: number }>(query, updatesSql);
  return new Map(rows.map(({ oid, updates, hot }) => [oid, { updates, hot }]));
}
