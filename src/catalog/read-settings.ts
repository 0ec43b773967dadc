import type { Setting } from './catalog.ts';
import { type Query, rowsOf } from './query.ts';

/**
 * What this session has set for itself is not the server's. primary_conninfo may hold a password, and facts end up in
 * places where a password must not be.
 */
const settingsSql = /* sql */ `
  SELECT name, coalesce(CASE source WHEN 'session' THEN reset_val ELSE setting END, '') AS value, unit, source
  FROM pg_catalog.pg_settings
  WHERE name <> 'primary_conninfo'
  ORDER BY name COLLATE "C"`;

/** Parameters of the server by name. */
export function readSettings(query: Query): Promise<readonly Setting[]> {
  return rowsOf<Setting>(query, settingsSql);
}
