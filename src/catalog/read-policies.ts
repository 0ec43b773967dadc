import type { Policy, Relation } from './catalog.ts';
import { decode } from './decode.ts';
import { factsOf } from './of-relations.ts';
import type { Query } from './query.ts';

const policiesSql = /* sql */ `
  SELECT r.rank::int, p.polname AS name, p.polpermissive AS permissive, p.polcmd AS command,
         ARRAY(SELECT CASE role WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(role) END::text COLLATE "C"
               FROM unnest(p.polroles) AS role ORDER BY 1) AS roles,
         pg_get_expr(p.polqual, p.polrelid) AS "using", pg_get_expr(p.polwithcheck, p.polrelid) AS "withCheck"
  FROM unnest($1::oid[]) WITH ORDINALITY AS r (oid, rank)
  JOIN pg_policy AS p ON p.polrelid = r.oid
  ORDER BY r.rank, p.polname`;

const commands: Readonly<Record<string, Policy['command']>> = {
  '*': 'ALL',
  r: 'SELECT',
  a: 'INSERT',
  w: 'UPDATE',
  d: 'DELETE',
};

type PolicyRow = Omit<Policy, 'relation' | 'command'> & { readonly command: string };

/** Policies of relations, by relation and name, whether row security is on or not. */
export async function readPolicies(query: Query, relations: readonly Relation[]): Promise<readonly Policy[]> {
  const rows = await factsOf<PolicyRow>(query, policiesSql, relations);
  return rows.map((row) => ({ ...row, command: decode(commands, row.command, 'pg_policy.polcmd') }));
}
