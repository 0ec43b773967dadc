import { type Query, rowsOf } from './query.ts';

const databaseSettingsSql = /* sql */ `
  SELECT DISTINCT ON (split_part(setting, '=', 1) COLLATE "C") setting
  FROM pg_db_role_setting AS s CROSS JOIN unnest(s.setconfig) AS setting
  WHERE s.setrole = 0
    AND (s.setdatabase = 0 OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
  ORDER BY split_part(setting, '=', 1) COLLATE "C", s.setdatabase DESC`;

/** `name=value` of what is set for all roles: in this database, or else in every one. By name. */
export async function readDatabaseSettings(query: Query): Promise<readonly string[]> {
  const rows = await rowsOf<{ readonly setting: string }>(query, databaseSettingsSql);
  return rows.map(({ setting }) => setting);
}
