import type { Membership } from './catalog.ts';
import { type Query, rowsOf } from './query.ts';

const membershipsSql = /* sql */ `
  SELECT pg_get_userbyid(roleid) AS role, pg_get_userbyid(member) AS member, admin_option AS admin
  FROM pg_auth_members
  UNION ALL
  SELECT 'pg_database_owner', pg_get_userbyid(datdba), false FROM pg_database WHERE datname = current_database()
  ORDER BY role, member`;

/** Direct memberships by role and member, and the one that comes with owning the database. */
export function readMemberships(query: Query): Promise<readonly Membership[]> {
  return rowsOf<Membership>(query, membershipsSql);
}
