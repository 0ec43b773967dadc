import type { Relation, RelationKind } from './catalog.ts';
import { decode } from './decode.ts';
import { type Query, rowsOf } from './query.ts';

const relationsSql = /* sql */ `
  SELECT c.oid, n.nspname AS schema, c.relname AS name, format('%I.%I', n.nspname, c.relname) COLLATE "C" AS identity,
         c.relkind AS kind, pg_get_userbyid(c.relowner) AS owner,
         c.relrowsecurity AS "rowSecurity", c.relforcerowsecurity AS "forceRowSecurity",
         CASE WHEN parent.oid IS NOT NULL THEN format('%I.%I', pn.nspname, parent.relname) END AS parent,
         CASE WHEN root.oid IS NOT NULL THEN format('%I.%I', rn.nspname, root.relname) END AS root,
         CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS bound,
         CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partitionKey",
         ARRAY(SELECT option FROM unnest(c.reloptions) AS option ORDER BY option COLLATE "C") AS options,
         c.reltuples AS "estimatedRows"
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
  LEFT JOIN pg_inherits AS i ON c.relispartition AND i.inhrelid = c.oid
  LEFT JOIN pg_class AS parent ON parent.oid = i.inhparent
  LEFT JOIN pg_namespace AS pn ON pn.oid = parent.relnamespace
  LEFT JOIN pg_class AS root ON root.oid = CASE WHEN c.relispartition THEN pg_partition_root(c.oid) END
  LEFT JOIN pg_namespace AS rn ON rn.oid = root.relnamespace
  WHERE c.relnamespace = ANY ($1::oid[])
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND NOT EXISTS (SELECT FROM pg_depend AS d
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY identity`;

const kinds: Readonly<Record<string, RelationKind>> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  f: 'foreign table',
  S: 'sequence',
};

/** Relations of the schemas, without those of extensions, by identity. Other kinds are read for these relations. */
export async function readRelations(query: Query, schemas: readonly number[]): Promise<readonly Relation[]> {
  const rows = await rowsOf<Relation & { readonly kind: string }>(query, relationsSql, [[...schemas]]);
  return rows.map((row) => ({ ...row, kind: decode(kinds, row.kind, 'pg_class.relkind') }));
}
