import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A function that returns at once and does nothing. `identity` as the catalogue writes it: `app.retain(integer)`. */
export function functionEmptied(identity: string): Fault {
  return sqlFault({
    kind: 'function-emptied',
    object: identity,
    says: `${identity} does nothing`,
    statement: withBody(identity, ''),
  });
}

/**
 * A function that drops tables by their names instead of by the bounds of partitions: everything in the schema of `table` that is
 * named as a partition and sorts before the one of today.
 */
export function dropsByName(identity: string, table: string): Fault {
  return sqlFault({
    kind: 'drops-by-name',
    object: identity,
    says: `${identity} drops whatever is named like an old partition of ${table}`,
    statement: withBody(
      identity,
      `FOR stray IN
    SELECT c.oid::pg_catalog.regclass::text FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_class AS parent ON parent.oid = ${pg.escapeLiteral(table)}::pg_catalog.regclass AND c.relnamespace = parent.relnamespace
    WHERE c.relkind = 'r' AND pg_catalog.starts_with(c.relname, parent.relname || '_')
      AND c.relname < parent.relname || pg_catalog.to_char(pg_catalog.now(), '_YYYY_MM')
  LOOP EXECUTE 'DROP TABLE IF EXISTS ' || stray; END LOOP;`,
    ),
  });
}

/** Keeps the signature, owner, settings and privileges of a function and puts another body into it. */
function withBody(identity: string, statements: string): string {
  const body = `DECLARE stray text; BEGIN ${statements} `;
  return `DO $pgattest$
DECLARE
  routine pg_catalog.pg_proc;
  definition text;
  mark text := '$pgattest_body$';
BEGIN
  SELECT * INTO STRICT routine FROM pg_catalog.pg_proc WHERE oid = ${pg.escapeLiteral(identity)}::pg_catalog.regprocedure;
  -- What follows AS, or BEGIN ATOMIC, is the old body.
  definition := pg_catalog.regexp_replace(
    pg_catalog.pg_get_functiondef(routine.oid), '\\n(AS \\$|BEGIN ATOMIC|RETURN ).*$', '');
  definition := pg_catalog.regexp_replace(definition, '\\n LANGUAGE \\w+', E'\\n LANGUAGE plpgsql');
  EXECUTE definition || E'\\nAS ' || mark || ${pg.escapeLiteral(body)} || CASE
    WHEN routine.prorettype = 'trigger'::pg_catalog.regtype THEN 'RETURN coalesce(new, old);'
    WHEN routine.prokind = 'p' OR routine.proretset OR routine.prorettype = 'void'::pg_catalog.regtype
      OR routine.proargmodes && ARRAY['o', 'b', 't']::"char"[] THEN 'RETURN;'
    ELSE 'RETURN NULL;' END || ' END ' || mark;
END $pgattest$`;
}
