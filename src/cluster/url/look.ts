import type pg from 'pg';
import { ClusterError } from '../error.ts';
import type { DatabaseAddress } from './address.ts';

/** What a server of the user's says of itself and of the role that pgattest has there. */
export interface Look {
  /** `version()` */
  readonly banner: string;
  /** `server_version`: `15.18 (Debian 15.18-0+deb12u1)` */
  readonly version: string;
  readonly major: number;
  readonly role: string;
  readonly superuser: boolean;
  readonly createDatabase: boolean;
  /** What providers give instead of a superuser, as far as the role is a member. */
  readonly standIns: readonly string[];
  readonly replica: boolean;
  readonly encrypted: boolean;
  /** Of the database, in bytes. */
  readonly size: number;
  /** Another database to make copies from: nobody may be connected to what is copied. */
  readonly elsewhere: string | undefined;
}

const [oldest, newest] = [13, 18] as const;

const lookSql = /* sql */ `
  SELECT pg_catalog.version() AS banner, pg_catalog.current_setting('server_version') AS version,
         pg_catalog.current_setting('server_version_num')::int / 10000 AS major`;

const roleSql = /* sql */ `
  SELECT current_user::text AS role, r.rolsuper AS superuser, r.rolcreatedb OR r.rolsuper AS "createDatabase",
         ARRAY(SELECT m.rolname::text FROM pg_catalog.pg_roles AS m
               WHERE m.rolname IN ('rds_superuser', 'cloudsqlsuperuser', 'alloydbsuperuser', 'azure_pg_admin', 'neon_superuser')
                 AND NOT r.rolsuper AND pg_catalog.pg_has_role(m.oid, 'MEMBER')
               ORDER BY 1) AS "standIns",
         pg_catalog.pg_is_in_recovery() AS replica,
         coalesce((SELECT ssl FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid()), false) AS encrypted,
         pg_catalog.pg_database_size(pg_catalog.current_database())::float8 AS size,
         (SELECT d.datname::text FROM pg_catalog.pg_database AS d
          WHERE d.datallowconn AND NOT d.datistemplate AND d.datname <> pg_catalog.current_database()
            AND pg_catalog.has_database_privilege(d.oid, 'CONNECT')
          ORDER BY d.datname <> 'postgres', d.datname LIMIT 1) AS elsewhere
  FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user`;

/** Asks the server what it is. Throws ClusterError when it is none that is known. */
export async function lookAt(client: pg.Client, address: DatabaseAddress): Promise<Look> {
  const [server] = (await client.query<Pick<Look, 'banner' | 'version' | 'major'>>(lookSql)).rows;
  if (server === undefined || !server.banner.startsWith('PostgreSQL ')) {
    throw new ClusterError(
      'wrong-version',
      `${address.shown} is ${server?.banner.split(' on ')[0] ?? 'no PostgreSQL'}`,
      'PostgreSQL itself is what is known',
    );
  }
  if (server.major < oldest || server.major > newest) {
    throw new ClusterError(
      'wrong-version',
      `${address.shown} is PostgreSQL ${server.version}`,
      `${oldest} to ${newest} are known`,
    );
  }
  const [role] = (
    await client.query<
      Omit<Look, 'banner' | 'version' | 'major' | 'elsewhere'> & { elsewhere: string | null }
    >(roleSql)
  ).rows;
  if (role === undefined) throw new Error('the role is not in pg_roles');
  return { ...server, ...role, elsewhere: role.elsewhere ?? undefined };
}
