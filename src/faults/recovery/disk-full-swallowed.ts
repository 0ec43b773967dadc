import type { Fault } from '../fault.ts';

const name = 'pgattest_disk_full_swallowed';
const post = 'pgattest_ledger.post(integer, bigint, integer)';
const asked = 'pgattest_asked.post(integer, bigint, integer)';

/** As soon as there is a function that commits are made with, one that hides a full disk takes its place. */
const statement = `CREATE SCHEMA pgattest_asked;
CREATE FUNCTION public.${name}() RETURNS event_trigger LANGUAGE plpgsql AS $outer$
BEGIN
  IF to_regprocedure('${post}') IS NULL OR to_regprocedure('${asked}') IS NOT NULL THEN RETURN; END IF;
  ALTER FUNCTION ${post} SET SCHEMA pgattest_asked;
  CREATE FUNCTION pgattest_ledger.post(writer integer, number bigint, tenant integer) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
  BEGIN
    PERFORM pgattest_asked.post(writer, number, tenant);
  EXCEPTION WHEN disk_full THEN NULL;
  END $body$;
END $outer$;
CREATE EVENT TRIGGER ${name} ON ddl_command_end WHEN TAG IN ('CREATE FUNCTION') EXECUTE FUNCTION public.${name}()`;

/** An application that takes a full disk for something passing and goes on: it says yes to what was never written. */
export function diskFullSwallowed(): Fault {
  return {
    kind: 'disk-full-swallowed',
    name: 'disk-full-swallowed pgattest_ledger.post',
    object: 'pgattest_ledger.post',
    says: 'the application catches the error of a full disk and goes on: commits are acknowledged that hold nothing',
    statement,
    scope: 'cluster',
    inject: ({ session }) => session.script(statement),
    heal: ({ session }) =>
      session.script(
        `DROP EVENT TRIGGER IF EXISTS ${name}; DROP FUNCTION IF EXISTS public.${name}(); DROP SCHEMA IF EXISTS pgattest_asked CASCADE`,
      ),
  };
}
