import type { Fault } from '../fault.ts';

const name = 'pgattest_let_errors_in';

/**
 * All tables, partitions by their root. Not the one that was written to most: the fill counts as writes too, and may have made most
 * of a table that the load only reads.
 */
const all = `
  SELECT format('%I.%I', n.nspname, c.relname) AS "table"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY 1`;

/** One row in so many that are written raises an error: a generator that does not count errors would call it fast. */
export function errorsLetIn(oneIn = 500): Fault {
  let injected = false;
  return {
    kind: 'errors-let-in',
    name: `errors-let-in 1/${oneIn}`,
    object: 'all tables',
    says: `one in ${oneIn} rows that are written raises an error`,
    statement: `CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE … FOR EACH ROW WHEN (random() < ${1 / oneIn})`,
    scope: 'cluster',
    inject: async ({ session }) => {
      const tables = await session.query(all);
      if (tables.length === 0) throw new Error('no table to let errors into');
      injected = true;
      await session.script(
        [
          `CREATE FUNCTION public.${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'let in'; END $$`,
          ...tables.map(
            ({ table }) =>
              `CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW WHEN (random() < ${1 / oneIn}) EXECUTE FUNCTION public.${name}()`,
          ),
        ].join(';\n'),
      );
    },
    heal: async ({ session }) => {
      if (!injected) return;
      injected = false;
      await session.script(`DROP FUNCTION IF EXISTS public.${name}() CASCADE`);
    },
  };
}
