import type { Routine } from './catalog.ts';
import { decode } from './decode.ts';
import { majorVersion, type Query, rowsOf } from './query.ts';

/** Bodies in SQL-standard form came with 14. */
const functionsSql = (major: number) => /* sql */ `
  SELECT p.oid, n.nspname AS schema, p.proname AS name,
         format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) COLLATE "C" AS identity,
         p.prokind AS kind, pg_get_userbyid(p.proowner) AS owner, l.lanname AS language,
         coalesce(pg_get_function_result(p.oid), '') AS returns,
         p.prosecdef AS "securityDefiner", p.proleakproof AS leakproof, p.provolatile AS volatility,
         ARRAY(SELECT setting FROM unnest(p.proconfig) AS setting ORDER BY setting COLLATE "C") AS settings,
         ${major < 14 ? 'p.prosrc' : 'CASE WHEN p.prosqlbody IS NULL THEN p.prosrc ELSE pg_get_function_sqlbody(p.oid) END'} AS source,
         EXISTS (SELECT FROM pg_depend AS d
                 WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') AS "fromExtension"
  FROM pg_proc AS p
  JOIN pg_namespace AS n ON n.oid = p.pronamespace
  JOIN pg_language AS l ON l.oid = p.prolang
  WHERE p.pronamespace = ANY ($1::oid[])
  ORDER BY identity`;

const kinds: Readonly<Record<string, Routine['kind']>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
};

const volatilities: Readonly<Record<string, Routine['volatility']>> = {
  i: 'immutable',
  s: 'stable',
  v: 'volatile',
};

type RoutineRow = Omit<Routine, 'kind' | 'volatility'> & {
  readonly kind: string;
  readonly volatility: string;
};

/** Functions, procedures and aggregates of the schemas by identity; those of extensions are flagged. */
export async function readFunctions(query: Query, schemas: readonly number[]): Promise<readonly Routine[]> {
  const rows = await rowsOf<RoutineRow>(query, functionsSql(await majorVersion(query)), [[...schemas]]);
  return rows.map((row) => ({
    ...row,
    kind: decode(kinds, row.kind, 'pg_proc.prokind'),
    volatility: decode(volatilities, row.volatility, 'pg_proc.provolatile'),
  }));
}
