import { relation } from '../../catalog/lookup.ts';
import { about, type LiveCheck } from './live.ts';

const readsSql = `
  SELECT DISTINCT format('%I.%I', vn.nspname, v.relname) AS view, format('%I.%I', tn.nspname, t.relname) AS base
    FROM pg_catalog.pg_rewrite r
    JOIN pg_catalog.pg_class v ON v.oid = r.ev_class AND v.relkind IN ('v', 'm')
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid
     AND d.refclassid = 'pg_catalog.pg_class'::regclass
    JOIN pg_catalog.pg_class t ON t.oid = d.refobjid AND t.oid <> v.oid AND t.relrowsecurity
    JOIN pg_catalog.pg_namespace vn ON vn.oid = v.relnamespace
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
   WHERE vn.nspname !~ '^pg_|^information_schema$'
   ORDER BY 1, 2`;

/** Views that read tables with row security with the rights of their owner. */
export const views: LiveCheck = async ({ catalog, query, origins }) => {
  const bases = new Map<string, string[]>();
  for (const { view, base } of await query(readsSql)) {
    bases.set(String(view), [...(bases.get(String(view)) ?? []), String(base)]);
  }
  return [...bases].flatMap(([identity, tables]) => {
    const view = relation(catalog, identity);
    if (view === undefined) return [];
    const line = origins.of('relation', view.schema, view.name);
    const over = tables.join(', ');
    if (view.kind === 'materialized view') {
      const says = `${identity} holds rows of ${over}, whatever their row security says`;
      const fix = 'grant it to nobody, or read it through a view with a condition of its own';
      return [about('rls.materialized-view', 'note', line, identity, says, fix)];
    }
    if (view.options.some((option) => /^security_invoker=(?:true|on|1)$/.test(option))) return [];
    const says = `${identity} reads ${over} with the rights of its owner: row security does not bind who asks`;
    const fix = `ALTER VIEW ${identity} SET (security_invoker = true)`;
    return [about('rls.view-of-owner', 'warning', line, identity, says, fix)];
  });
};
