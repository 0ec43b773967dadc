import type { Fault } from '../fault.ts';

const name = 'pgattest_let_errors_in';

/** The table that was written to most, or its root when it is a partition. */
const mostWritten = `
  SELECT coalesce(pg_partition_root(relid), relid)::regclass::text AS "table"
  FROM pg_stat_user_tables GROUP BY coalesce(pg_partition_root(relid), relid)
  HAVING sum(n_tup_ins + n_tup_upd) > 0
  ORDER BY sum(n_tup_ins + n_tup_upd) DESC LIMIT 1`;

/** One write in so many of the busiest table fails: a generator that does not count errors would call it fast. */
export function errorsLetIn(oneIn = 500): Fault {
  let table: string | undefined;
  return {
    kind: 'errors-let-in',
    name: `errors-let-in 1/${oneIn}`,
    object: 'the table that is written to most',
    says: `one in ${oneIn} rows that are written to the busiest table raises an error`,
    statement: `CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE … FOR EACH ROW WHEN (random() < ${1 / oneIn})`,
    scope: 'cluster',
    inject: async ({ session }) => {
      const [found] = await session.query(mostWritten);
      if (found === undefined) throw new Error('nothing was written: no table to let errors into');
      table = String(found.table);
      await session.script(
        `CREATE FUNCTION public.${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'let in'; END $$;
         CREATE TRIGGER ${name} BEFORE INSERT OR UPDATE ON ${table} FOR EACH ROW WHEN (random() < ${1 / oneIn}) EXECUTE FUNCTION public.${name}();`,
      );
    },
    heal: async ({ session }) => {
      if (table === undefined) return;
      table = undefined;
      await session.script(`DROP FUNCTION IF EXISTS public.${name}() CASCADE`);
    },
  };
}
