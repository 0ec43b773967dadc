import { z } from 'zod';
import type { Breach } from '../../../evidence/model.ts';
import { faults } from '../../../faults/index.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** Those that the request role may execute, as `schema.name(argument types)`; absent: any. */
  callable: z.array(z.string()).optional(),
});

const statement = `
  SELECT format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS function,
    array_remove(ARRAY[
      CASE WHEN p.prosecdef AND NOT EXISTS (SELECT FROM unnest(p.proconfig) AS setting WHERE setting LIKE 'search\\_path=%')
        THEN 'runs with the caller''s search_path' END,
      (SELECT 'has ' || path || ' on its search_path, where others may create' FROM unnest(p.proconfig) AS setting,
         LATERAL regexp_split_to_table(substr(setting, 13), '\\s*,\\s*') AS path
       WHERE p.prosecdef AND setting LIKE 'search\\_path=%' AND btrim(path, '"') NOT IN ('pg_catalog', 'pg_temp', '')
         AND (btrim(path, '"') = '$user' OR EXISTS (
           SELECT FROM pg_catalog.pg_namespace AS s, pg_catalog.pg_roles AS r
           WHERE s.nspname = btrim(path, '"') AND r.rolcanlogin AND NOT r.rolsuper
             AND has_schema_privilege(r.oid, s.oid, 'CREATE'))) LIMIT 1),
      CASE WHEN p.prosecdef AND EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))
                                        WHERE grantee = 0 AND privilege_type = 'EXECUTE')
        THEN 'may be executed by PUBLIC' END,
      CASE WHEN p.prosecdef AND o.rolsuper THEN 'runs as a superuser' END,
      CASE WHEN p.proleakproof THEN 'is LEAKPROOF: it may see rows before the policies do' END,
      CASE WHEN p.prosecdef AND $2::text[] IS NOT NULL AND has_function_privilege($1, p.oid, 'EXECUTE')
             AND format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) <> ALL ($2)
        THEN 'may be executed by ' || $1 || ', though the claim does not list it' END
    ], NULL) AS wrong
  FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_roles AS o ON o.oid = p.proowner
  WHERE (p.prosecdef OR p.proleakproof) AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
  ORDER BY 1`;

/** No SECURITY DEFINER function can be made to run the caller's operators, or be called by just anybody. */
export const structureDefinerFunctions = defineCheck<z.infer<typeof parameters>>({
  kind: 'structure.definer-functions',
  family: 'structure',
  says: 'every SECURITY DEFINER function has a safe search_path and owner and is executable by those only who are meant to; none is LEAKPROOF',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: runDefinerFunctions,
  faults: (context, { callable }) => {
    const definers = context.catalog.functions.filter(
      (routine) => routine.securityDefiner && !routine.fromExtension,
    );
    const unlisted = definers.find(({ identity }) => callable !== undefined && !callable.includes(identity));
    return [
      ...definers.flatMap(({ identity }) => [
        faults['search-path-dropped'](identity),
        faults['execute-to-public'](identity),
      ]),
      ...(unlisted === undefined
        ? []
        : [faults['execute-granted'](unlisted.identity, context.design.request.role)]),
    ];
  },
});

async function* runDefinerFunctions(
  context: CheckContext,
  { callable }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const { role } = context.design.request;
  const rows = await context.session.query(statement, [role, callable ?? null]);
  const breaches: Breach[] = [];
  for (const row of rows as unknown as { function: string; wrong: readonly string[] }[]) {
    const { wrong } = row;
    const expected = 'a safe search_path, an owner that is no superuser, no EXECUTE for others than meant';
    const actual = wrong.length === 0 ? expected : wrong.join(', ');
    yield {
      subject: row.function,
      way: 'catalogue',
      statement: 'pg_proc.prosecdef, proconfig, proacl',
      expected,
      actual,
      agrees: wrong.length === 0,
    };
    if (wrong.length === 0) continue;
    breaches.push({
      says: `function ${row.function} ${actual}`,
      object: `function ${row.function}`,
      expected,
      actual,
    });
  }
  return judge(breaches, rows.length > 0 ? [] : ['the design has no SECURITY DEFINER function']);
}
