import type { DefaultPrivilege } from './catalog.ts';
import { decode } from './decode.ts';
import { type Query, rowsOf } from './query.ts';

const defaultPrivilegesSql = /* sql */ `
  SELECT pg_get_userbyid(d.defaclrole) AS owner, n.nspname AS schema, d.defaclobjtype AS kind,
         CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(a.grantee) END AS grantee,
         a.privilege_type COLLATE "C" AS privilege, a.is_grantable AS grantable
  FROM pg_default_acl AS d
  CROSS JOIN aclexplode(d.defaclacl) AS a
  LEFT JOIN pg_namespace AS n ON n.oid = d.defaclnamespace
  WHERE d.defaclnamespace = 0 OR d.defaclnamespace = ANY ($1::oid[])
  ORDER BY owner, schema NULLS FIRST, kind, grantee, privilege`;

const kinds: Readonly<Record<string, DefaultPrivilege['kind']>> = {
  r: 'table',
  S: 'sequence',
  f: 'function',
  T: 'type',
  n: 'schema',
};

type DefaultPrivilegeRow = Omit<DefaultPrivilege, 'kind'> & { readonly kind: string };

/** Default privileges of the database and of the schemas, by owner, schema, kind, grantee and privilege. */
export async function readDefaultPrivileges(
  query: Query,
  schemas: readonly number[],
): Promise<readonly DefaultPrivilege[]> {
  const rows = await rowsOf<DefaultPrivilegeRow>(query, defaultPrivilegesSql, [[...schemas]]);
  return rows.map((row) => ({ ...row, kind: decode(kinds, row.kind, 'pg_default_acl.defaclobjtype') }));
}
