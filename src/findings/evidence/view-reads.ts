import type { Catalog } from '../../catalog/catalog.ts';
import { oncePerCatalog } from '../../catalog/once.ts';
import type { Scene } from '../scene.ts';

const readsSql = /* sql */ `
  SELECT DISTINCT pg_catalog.format('%I.%I', vn.nspname, v.relname) AS view,
         pg_catalog.format('%I.%I', tn.nspname, t.relname) AS base
  FROM pg_catalog.pg_rewrite AS r
  JOIN pg_catalog.pg_class AS v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm')
  JOIN pg_catalog.pg_depend AS d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
   AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
  JOIN pg_catalog.pg_class AS t ON t.oid = d.refobjid AND t.oid <> v.oid AND t.relkind IN ('r', 'p', 'v', 'm', 'f')
  JOIN pg_catalog.pg_namespace AS vn ON vn.oid = v.relnamespace
  JOIN pg_catalog.pg_namespace AS tn ON tn.oid = t.relnamespace
  WHERE NOT pg_catalog.starts_with(vn.nspname, 'pg_') AND vn.nspname <> 'information_schema'
  ORDER BY 1, 2`;

const known = oncePerCatalog(
  (_: Catalog) => ({}) as { reads?: Promise<ReadonlyMap<string, readonly string[]>> },
);

/** What each view and materialized view reads directly: tables and other views. */
export function viewReads({ catalog, query }: Scene): Promise<ReadonlyMap<string, readonly string[]>> {
  const cell = known(catalog);
  cell.reads ??= read(query);
  return cell.reads;
}

async function read(query: Scene['query']): Promise<ReadonlyMap<string, readonly string[]>> {
  const reads = new Map<string, string[]>();
  for (const { view, base } of await query(readsSql)) {
    const bases = reads.get(String(view)) ?? [];
    bases.push(String(base));
    reads.set(String(view), bases);
  }
  return reads;
}
