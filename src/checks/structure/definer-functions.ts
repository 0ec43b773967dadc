import { z } from 'zod';
import type { Breach } from '../../evidence/model.ts';
import { faults } from '../../faults/index.ts';
import { judge } from '../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';

const parameters = z.strictObject({ kind: z.string() });

const statement = `
  SELECT format('%I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid)) AS function,
         EXISTS (SELECT 1 FROM unnest(proconfig) AS setting WHERE setting LIKE 'search\\_path=%') AS pinned,
         EXISTS (SELECT 1 FROM aclexplode(coalesce(proacl, acldefault('f', proowner)))
                 WHERE grantee = 0 AND privilege_type = 'EXECUTE') AS exposed
  FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = pronamespace
  WHERE prosecdef AND nspname NOT IN ('pg_catalog', 'information_schema')
    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
  ORDER BY 1`;

/** No SECURITY DEFINER function can be made to run the caller's operators, or be called by just anybody. */
export const structureDefinerFunctions = defineCheck({
  kind: 'structure.definer-functions',
  family: 'structure',
  says: 'every SECURITY DEFINER function has a search_path of its own and no EXECUTE for PUBLIC',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: runDefinerFunctions,
  faults: (context) =>
    context.catalog.functions
      .filter((routine) => routine.securityDefiner && !routine.fromExtension)
      .flatMap(({ identity }) => [
        faults['search-path-dropped'](identity),
        faults['execute-to-public'](identity),
      ]),
});

async function* runDefinerFunctions(context: CheckContext): AsyncGenerator<Sighting, Judgement, void> {
  const rows = await context.session.query(statement);
  const breaches: Breach[] = [];
  for (const row of rows as unknown as { function: string; pinned: boolean; exposed: boolean }[]) {
    const wrong = [
      ...(row.pinned ? [] : ["runs with the caller's search_path"]),
      ...(row.exposed ? ['may be executed by PUBLIC'] : []),
    ];
    const expected = 'a search_path of its own, no EXECUTE for PUBLIC';
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
      says: `SECURITY DEFINER function ${row.function} ${actual}`,
      object: `function ${row.function}`,
      expected,
      actual,
    });
  }
  return judge(breaches, rows.length > 0 ? [] : ['the design has no SECURITY DEFINER function']);
}
