import type { Catalog } from './catalog.ts';
import { withPinnedOutput } from './pinned-output.ts';
import type { Query } from './query.ts';
import { readColumns } from './read-columns.ts';
import { readConstraints } from './read-constraints.ts';
import { readDatabaseSettings } from './read-database-settings.ts';
import { readDefaultPrivileges } from './read-default-privileges.ts';
import { readFunctions } from './read-functions.ts';
import { readGrants } from './read-grants.ts';
import { readIndexes } from './read-indexes.ts';
import { readMemberships } from './read-memberships.ts';
import { readPolicies } from './read-policies.ts';
import { readRelations } from './read-relations.ts';
import { readRoles } from './read-roles.ts';
import { readSchemas } from './read-schemas.ts';
import { readSettings } from './read-settings.ts';
import { readTriggers } from './read-triggers.ts';

export interface CatalogOptions {
  /** Names of schemas, unquoted. Default: all but those of the system. A name that is not there gives no facts. */
  readonly schemas?: readonly string[];
}

/**
 * Reads the facts of the database that `query` is connected to, one statement per kind, one after the other, whatever
 * the size. Any role may read them; nothing is written. Relations of extensions are left out, functions of extensions
 * are flagged. For one consistent picture of a database that others are changing, call it in a REPEATABLE READ
 * transaction. Errors of `query` are thrown on as they are.
 *
 * @param query must use one connection throughout: parameters that decide how the server prints are set meanwhile
 */
export async function readCatalog(query: Query, options: CatalogOptions = {}): Promise<Catalog> {
  // First, because it would show what is set meanwhile.
  const settings = await readSettings(query);
  return withPinnedOutput(query, async () => {
    const schemas = await readSchemas(query, options.schemas);
    const relations = await readRelations(query, schemas);
    return Object.freeze({
      relations,
      columns: await readColumns(query, relations),
      constraints: await readConstraints(query, relations),
      indexes: await readIndexes(query, relations),
      policies: await readPolicies(query, relations),
      functions: await readFunctions(query, schemas),
      triggers: await readTriggers(query, relations),
      grants: await readGrants(query, schemas, relations),
      defaultPrivileges: await readDefaultPrivileges(query, schemas),
      roles: await readRoles(query),
      memberships: await readMemberships(query),
      settings,
      databaseSettings: await readDatabaseSettings(query),
    });
  });
}
