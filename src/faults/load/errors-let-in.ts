import type { Fault } from '../fault.ts';

const name = 'pgattest_let_errors_in';

/**
 * Tables with rows, partitions by their root. The fill counts as writes too, and may have made most of a table that the load only
 * reads: so all of them, not the one that was written to most.
 */
const written = `
  SELECT DISTINCT format('%I.%I', n.nspname, c.relname) AS "table"
  FROM pg_stat_user_tables s
  JOIN pg_class c ON c.oid = coalesce(pg_partition_root(s.relid), s.relid) AND c.relkind IN ('r', 'p')
  JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE s.n_tup_ins + s.n_tup_upd > 0 ORDER BY 1`;

/** One row in so many that are written raises an error: a generator that does not count errors would call it fast. */
export function errorsLetIn(oneIn = 500): Fault {
  let injected = false;
  return {
    kind: 'errors-let-in',
    name: `errors-let-in 1/${oneIn}`,
    object: 'the tables that are written to',
    says: `one in ${oneIn} rows that are written raises an error`,
    statement: `CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE … FOR EACH ROW WHEN (random() < ${1 / oneIn})`,
    scope: 'cluster',
    inject: async ({ session }) => {
      const tables = await session.query(written);
      if (tables.length === 0) throw new Error('nothing was written: no table to let errors into');
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
