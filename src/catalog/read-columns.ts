import type { Column, Relation } from './catalog.ts';
import { factsOf } from './of-relations.ts';
import type { Query } from './query.ts';

const columnsSql = /* sql */ `
  WITH RECURSIVE step (type, base, required) AS (
    SELECT oid, typbasetype, typnotnull FROM pg_type WHERE typtype = 'd'
    UNION ALL
    SELECT step.type, t.typbasetype, step.required OR t.typnotnull
    FROM step JOIN pg_type AS t ON t.oid = step.base AND t.typtype = 'd'
  ), domain AS (
    SELECT step.* FROM step JOIN pg_type AS t ON t.oid = step.base AND t.typtype <> 'd'
  ), enum AS (
    SELECT enumtypid AS type, array_agg(enumlabel::text ORDER BY enumsortorder) AS labels FROM pg_enum GROUP BY enumtypid
  )
  SELECT r.rank::int, a.attname AS name, a.attnum AS position, format_type(a.atttypid, a.atttypmod) AS type,
         n.nspname || '.' || base.typname AS "baseType",
         a.attnotnull OR coalesce(domain.required, false) AS "notNull",
         CASE WHEN a.atthasdef THEN pg_get_expr(d.adbin, d.adrelid) END AS "default",
         a.attgenerated <> '' AS generated, a.attidentity <> '' AS identity,
         coalesce(enum.labels, '{}') AS labels
  FROM unnest($1::oid[]) WITH ORDINALITY AS r (oid, rank)
  JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN domain ON domain.type = a.atttypid
  JOIN pg_type AS base ON base.oid = coalesce(domain.base, a.atttypid)
  JOIN pg_namespace AS n ON n.oid = base.typnamespace
  LEFT JOIN enum ON enum.type = base.oid
  LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  ORDER BY r.rank, a.attnum`;

/** Columns of relations, by relation and position; those of sequences say nothing and are left out. */
export function readColumns(query: Query, relations: readonly Relation[]): Promise<readonly Column[]> {
  return factsOf<Omit<Column, 'relation'>>(
    query,
    columnsSql,
    relations.filter(({ kind }) => kind !== 'sequence'),
  );
}
