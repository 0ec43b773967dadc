import type { Catalog } from '../../catalog/catalog.ts';
import { columnsOf, triggersOf } from '../../catalog/lookup.ts';
import { groupBy, oncePerCatalog } from '../../catalog/once.ts';
import type { FindingCheck, Found } from '../check.ts';
import { requestRoles } from '../evidence/request-roles.ts';
import { rootTables } from '../scene.ts';
import { ofRelation } from '../subject.ts';

/** updated_at columns that nothing maintains. */
export const triggerUpdatedAt: FindingCheck = {
  id: 'trigger.updated-at',
  find: ({ catalog }) =>
    rootTables(catalog)
      .filter(({ identity }) =>
        columnsOf(catalog, identity).some(({ name, generated }) => name === 'updated_at' && !generated),
      )
      .filter(({ identity, owner }) => isUpdated(catalog, identity, owner))
      .filter(
        ({ identity }) =>
          !triggersOf(catalog, identity).some(
            ({ timing, events }) => timing === 'BEFORE' && events.includes('UPDATE'),
          ),
      )
      .map(
        ({ identity }): Found => ({
          severity: 'warning',
          subject: ofRelation(identity),
          says: `${identity} has updated_at, and no trigger that maintains it`,
          why: 'it holds what each statement remembers to write',
          fix: `CREATE TRIGGER … BEFORE UPDATE ON ${identity} FOR EACH ROW EXECUTE FUNCTION one that sets it`,
        }),
      ),
};

/** Whether somebody other than the owner updates it, or everything is done by owners. */
function isUpdated(catalog: Catalog, identity: string, owner: string): boolean {
  if (requestRoles(catalog).length === 0) return true;
  return (
    updaters(catalog)
      .get(identity)
      ?.some(({ grantee }) => grantee !== owner) ?? false
  );
}

const updaters = oncePerCatalog((catalog: Catalog) =>
  groupBy(
    catalog.grants.filter(
      ({ kind, privilege }) => (kind === 'relation' || kind === 'column') && privilege === 'UPDATE',
    ),
    ({ object }) => object,
  ),
);
