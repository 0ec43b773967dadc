import type { Grant, Relation } from './catalog.ts';
import { type Query, rowsOf } from './query.ts';

/**
 * An ACL that is null stands for the built-in defaults, which acldefault spells out. For columns those are none.
 * Row types of relations and array types have no privileges of their own. Untrusted languages are the superuser's,
 * whatever acldefault says of them.
 */
const grantsSql = /* sql */ `
  WITH object (object, kind, "column", acl) AS (
    SELECT format('%I.%I', n.nspname, c.relname), CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'relation' END, NULL::name,
           coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", c.relowner))
    FROM unnest($1::oid[]) AS r (oid) JOIN pg_class AS c ON c.oid = r.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    UNION ALL
    SELECT format('%I.%I', n.nspname, c.relname), 'column', a.attname, a.attacl
    FROM unnest($1::oid[]) AS r (oid) JOIN pg_class AS c ON c.oid = r.oid JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), 'function', NULL,
           coalesce(p.proacl, acldefault('f', p.proowner))
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE p.pronamespace = ANY ($2::oid[])
    UNION ALL
    SELECT format('%I', nspname), 'schema', NULL, coalesce(nspacl, acldefault('n', nspowner))
    FROM pg_namespace WHERE oid = ANY ($2)
    UNION ALL
    SELECT format('%I', datname), 'database', NULL, coalesce(datacl, acldefault('d', datdba))
    FROM pg_database WHERE datname = current_database()
    UNION ALL
    SELECT format('%I.%I', n.nspname, t.typname), 'type', NULL, coalesce(t.typacl, acldefault('T', t.typowner))
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    WHERE t.typnamespace = ANY ($2) AND t.typcategory <> 'A' AND coalesce(c.relkind, 'c') = 'c'
      AND NOT EXISTS (SELECT FROM pg_depend AS d
                      WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
    UNION ALL
    SELECT format('%I', lanname), 'language', NULL, coalesce(lanacl, acldefault('l', lanowner))
    FROM pg_language WHERE lanpltrusted
  )
  SELECT o.object COLLATE "C" AS object, o.kind COLLATE "C" AS kind, o."column",
         CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END AS grantee,
         pg_get_userbyid(a.grantor) AS grantor, a.privilege_type COLLATE "C" AS privilege, a.is_grantable AS grantable
  FROM object AS o CROSS JOIN aclexplode(o.acl) AS a
  ORDER BY kind, object, "column" NULLS FIRST, grantee, privilege, grantor`;

/** Every privilege on what the catalogue covers, by kind, object, column, grantee and privilege. */
export function readGrants(
  query: Query,
  schemas: readonly number[],
  relations: readonly Relation[],
): Promise<readonly Grant[]> {
  return rowsOf<Grant>(query, grantsSql, [relations.map(({ oid }) => oid), [...schemas]]);
}
