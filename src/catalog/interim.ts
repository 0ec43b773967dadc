import { createHash } from 'node:crypto';
import type { Catalog } from './catalog.ts';

type Q = (sql: string, values?: readonly unknown[]) => Promise<readonly Record<string, unknown>[]>;
export async function readCatalog(q: Q, { schemas }: { schemas: readonly string[] }): Promise<Catalog> {
  const v = [schemas];
  const rel = `SELECT c.oid::int AS oid, nspname AS schema, relname AS name, format('%I.%I', nspname, relname) AS identity,
    CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' WHEN 'S' THEN 'sequence' END AS kind,
    pg_get_userbyid(relowner) AS owner, relrowsecurity AS "rowSecurity", relforcerowsecurity AS "forceRowSecurity",
    (SELECT format('%I.%I', pn.nspname, p.relname) FROM pg_inherits i JOIN pg_class p ON p.oid = inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE inhrelid = c.oid) AS parent,
    CASE WHEN relispartition THEN (SELECT format('%I.%I', pn.nspname, p.relname) FROM pg_class p JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE p.oid = pg_partition_root(c.oid)) END AS root,
    pg_get_expr(relpartbound, c.oid) AS bound, CASE WHEN relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS "partitionKey", coalesce(reloptions, '{}') AS options, reltuples AS "estimatedRows"
    FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r','p','v','m','f','S') AND nspname = ANY ($1) ORDER BY 4`;
  const col = `SELECT format('%I.%I', n.nspname, relname) AS relation, attname AS name, attnum AS position, format_type(atttypid, atttypmod) AS type, format('%I.%I', tn.nspname, t.typname) AS "baseType",
    attnotnull AS "notNull", CASE WHEN attgenerated = '' THEN pg_get_expr(adbin, adrelid) END AS default, attgenerated <> '' AS generated, attidentity <> '' AS identity,
    coalesce((SELECT array_agg(enumlabel::text ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid), '{}') AS labels
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_type t ON t.oid = atttypid JOIN pg_namespace tn ON tn.oid = t.typnamespace
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r','p','v','m','f') AND n.nspname = ANY ($1) ORDER BY 1, 3`;
  const con = `SELECT format('%I.%I', nspname, relname) AS relation, conname AS name, CASE contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'check' ELSE 'exclusion' END AS kind,
    coalesce((SELECT array_agg(attname::text ORDER BY o) FROM unnest(conkey) WITH ORDINALITY k(n, o) JOIN pg_attribute ON attrelid = conrelid AND attnum = n), '{}') AS columns, pg_get_constraintdef(k.oid) AS definition,
    (SELECT format('%I.%I', rn.nspname, r.relname) FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = confrelid) AS references,
    coalesce((SELECT array_agg(attname::text ORDER BY o) FROM unnest(confkey) WITH ORDINALITY k(n, o) JOIN pg_attribute ON attrelid = confrelid AND attnum = n), '{}') AS "referencedColumns", confdeltype AS "onDelete", convalidated AS validated
    FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = ANY ($1) AND contype IN ('p','u','f','c','x') ORDER BY 1, 2`;
  const idx = `SELECT format('%I.%I', nspname, t.relname) AS relation, i.relname AS name, amname AS method, indisunique AS unique, indisprimary AS primary, indisvalid AS valid,
    ARRAY(SELECT (SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = n AND n > 0) FROM unnest(indkey::int2[]) n) AS columns, pg_get_expr(indpred, indrelid) AS predicate, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index JOIN pg_class i ON i.oid = indexrelid JOIN pg_class t ON t.oid = indrelid JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_am ON pg_am.oid = i.relam WHERE nspname = ANY ($1) ORDER BY 1, 2`;
  const pol = `SELECT format('%I.%I', nspname, relname) AS relation, polname AS name, polpermissive AS permissive, CASE polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END AS command,
    ARRAY(SELECT CASE WHEN r = 0 THEN 'PUBLIC' ELSE pg_get_userbyid(r)::text END FROM unnest(polroles) r) AS roles, pg_get_expr(polqual, polrelid) AS using, pg_get_expr(polwithcheck, polrelid) AS "withCheck"
    FROM pg_policy JOIN pg_class c ON c.oid = polrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = ANY ($1) ORDER BY 1, 2`;
  const fun = `SELECT p.oid::int AS oid, nspname AS schema, proname AS name, format('%I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid)) AS identity, 'function' AS kind, pg_get_userbyid(proowner) AS owner, lanname AS language, format_type(prorettype, NULL) AS returns,
    prosecdef AS "securityDefiner", proleakproof AS leakproof, 'volatile' AS volatility, coalesce(proconfig, '{}') AS settings, prosrc AS source, EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e') AS "fromExtension"
    FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace JOIN pg_language l ON l.oid = prolang WHERE nspname = ANY ($1 || ARRAY['public']) ORDER BY 4`;
  const trg = `SELECT format('%I.%I', nspname, relname) AS relation, tgname AS name, CASE WHEN tgtype & 2 > 0 THEN 'BEFORE' WHEN tgtype & 64 > 0 THEN 'INSTEAD OF' ELSE 'AFTER' END AS timing, CASE WHEN tgtype & 1 > 0 THEN 'ROW' ELSE 'STATEMENT' END AS level,
    array_remove(ARRAY[CASE WHEN tgtype & 4 > 0 THEN 'INSERT' END, CASE WHEN tgtype & 16 > 0 THEN 'UPDATE' END, CASE WHEN tgtype & 8 > 0 THEN 'DELETE' END, CASE WHEN tgtype & 32 > 0 THEN 'TRUNCATE' END], NULL) AS events,
    CASE tgenabled WHEN 'O' THEN 'origin' WHEN 'A' THEN 'always' WHEN 'R' THEN 'replica' ELSE 'disabled' END AS enabled, ARRAY[]::text[] AS columns, NULL AS when, tgfoid::regprocedure::text AS function, tgparentid <> 0 AS inherited, pg_get_triggerdef(g.oid) AS definition
    FROM pg_trigger g JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE NOT tgisinternal AND nspname = ANY ($1) ORDER BY 1, 2`;
  const rol = `SELECT rolname AS name, rolsuper AS superuser, rolbypassrls AS "bypassRowSecurity", rolcanlogin AS login, rolinherit AS inherit, rolcreaterole AS "createRole", rolcreatedb AS "createDatabase", rolreplication AS replication, '{}'::text[] AS settings FROM pg_roles ORDER BY 1`;
  const mem = `SELECT pg_get_userbyid(roleid) AS role, pg_get_userbyid(member) AS member, admin_option AS admin FROM pg_auth_members ORDER BY 1, 2`;
  const [relations, columns, constraints, indexes, policies, functions, triggers, roles, memberships] =
    await Promise.all([
      q(rel, v),
      q(col, v),
      q(con, v),
      q(idx, v),
      q(pol, v),
      q(fun, v),
      q(trg, v),
      q(rol),
      q(mem),
    ]);
  return {
    relations,
    columns,
    constraints,
    indexes,
    policies,
    functions,
    triggers,
    grants: [],
    defaultPrivileges: [],
    roles,
    memberships,
    settings: [],
  } as unknown as Catalog;
}
export const catalogDigest = (c: Catalog): string =>
  createHash('sha256').update(JSON.stringify(c)).digest('hex');
