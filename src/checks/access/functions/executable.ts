import type { CheckContext } from '../../check.ts';

/** A function that the request role may execute, as the database stands now. */
export interface Executable {
  /** `schema.name(arguments)`, as rules name it. */
  readonly identity: string;
  /** `schema.name`, quoted. */
  readonly name: string;
  readonly definer: boolean;
  readonly returns: string;
  readonly returnsArray: boolean;
  /** One value, neither a row nor several. */
  readonly returnsOne: boolean;
  readonly isProcedure: boolean;
  /** Types of the arguments that a call gives. */
  readonly types: readonly string[];
  /** The last argument is VARIADIC. */
  readonly variadic: boolean;
  readonly executable: boolean;
}

const statement = `
  SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS identity,
    format('%I.%I', n.nspname, p.proname) AS name, p.prosecdef AS definer,
    pg_get_function_result(p.oid) AS returns, t.typcategory = 'A' AND NOT p.proretset AS "returnsArray",
    t.typtype <> 'c' AND t.typname <> 'record' AND NOT p.proretset AS "returnsOne", p.prokind = 'p' AS "isProcedure",
    ARRAY(SELECT format_type(type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY AS a(type, n) ORDER BY n) AS types,
    p.provariadic <> 0 AS variadic,
    has_function_privilege($1, p.oid, 'EXECUTE') AND has_schema_privilege($1, n.oid, 'USAGE') AS executable
  FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_type AS t ON t.oid = p.prorettype
  WHERE n.nspname = ANY ($2) AND p.prokind IN ('f', 'p')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
  ORDER BY 1`;

/** Every function of the schemas that requests reach; those of extensions are not the design's. */
export async function functionsOf(
  context: CheckContext,
  schemas: readonly string[],
): Promise<readonly Executable[]> {
  const rows = await context.session.query(statement, [
    context.design.request.role,
    [...new Set([...schemas, 'public'])],
  ]);
  return rows as unknown as readonly Executable[];
}
