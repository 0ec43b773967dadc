import type { Membership } from './catalog.ts';
import { majorVersion, type Query, rowsOf } from './query.ts';

const plainSql = /* sql */ `
  SELECT pg_get_userbyid(roleid) AS role, pg_get_userbyid(member) AS member, admin_option AS admin
  FROM pg_auth_members`;

/** From 16 on a membership may be granted by several, and each grant says whether it is inherited. */
const grantedSql = /* sql */ `
  SELECT pg_get_userbyid(roleid) AS role, pg_get_userbyid(member) AS member,
         bool_or(admin_option) AS admin, bool_or(inherit_option) AS inherit
  FROM pg_auth_members GROUP BY roleid, member`;

const ownerSql = (inherit: string) => /* sql */ `
  UNION ALL
  SELECT 'pg_database_owner', pg_get_userbyid(datdba), false${inherit} FROM pg_database WHERE datname = current_database()`;

/** Direct memberships by role and member, and the one that comes with owning the database, from 14 on. */
export async function readMemberships(query: Query): Promise<readonly Membership[]> {
  const major = await majorVersion(query);
  const granted = major < 16 ? plainSql : grantedSql;
  const owner = major < 14 ? '' : ownerSql(major < 16 ? '' : ', true');
  return rowsOf<Membership>(query, `${granted}${owner} ORDER BY role, member`);
}
