import type { Role } from './catalog.ts';
import { type Query, rowsOf } from './query.ts';

const rolesSql = /* sql */ `
  SELECT r.rolname AS name, r.rolsuper AS superuser, r.rolbypassrls AS "bypassRowSecurity", r.rolcanlogin AS login,
         r.rolinherit AS inherit, r.rolcreaterole AS "createRole", r.rolcreatedb AS "createDatabase",
         r.rolreplication AS replication,
         ARRAY(SELECT DISTINCT ON (split_part(setting, '=', 1) COLLATE "C") setting
               FROM pg_db_role_setting AS s CROSS JOIN unnest(s.setconfig) AS setting
               WHERE s.setrole = r.oid
                 AND (s.setdatabase = 0
                      OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
               ORDER BY split_part(setting, '=', 1) COLLATE "C", s.setdatabase DESC) AS settings
  FROM pg_roles AS r
  ORDER BY r.rolname`;

/** Roles of the whole cluster by name, the predefined ones included. */
export async function readRoles(query: Query): Promise<readonly Role[]> {
  const roles = await rowsOf<Role>(query, rolesSql);
  if (roles.some(({ name }) => name === 'PUBLIC')) {
    // The server takes the quoted name; in the facts it could not be told from everyone.
    throw new Error(
      'a role is called "PUBLIC", which cannot be told from everyone; rename it with ALTER ROLE',
    );
  }
  return roles;
}
