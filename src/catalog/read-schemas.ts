import { type Query, rowsOf } from './query.ts';

/** Names that begin with pg_ are the system's: pg_catalog, pg_toast, pg_temp_3. Nobody else can have such a name. */
const schemasSql = /* sql */ `
  SELECT oid FROM pg_namespace
  WHERE CASE WHEN $1::text[] IS NULL
        THEN nspname <> 'information_schema' AND NOT starts_with(nspname, 'pg_')
        ELSE nspname = ANY ($1) END
  ORDER BY oid`;

/** OIDs of the schemas that a catalogue covers: those named, or else all but the system's. */
export async function readSchemas(
  query: Query,
  names: readonly string[] | undefined,
): Promise<readonly number[]> {
  const rows = await rowsOf<{ oid: number }>(query, schemasSql, [names === undefined ? null : [...names]]);
  return rows.map(({ oid }) => oid);
}
