import { type Catalog, policiesOf, reachableRoles, roleOf } from '../../catalog/index.ts';
import type { FindingCheck, Found } from '../check.ts';
import { rootTables } from '../scene.ts';
import { ofRelation } from '../subject.ts';

/** An owner is not bound by policies unless they are forced; it matters when somebody comes as the owner. */
export const rlsNotForced: FindingCheck = {
  id: 'rls.not-forced',
  find({ catalog, of }) {
    const comingAs = new Map<string, readonly string[]>();
    const logins = catalog.roles.filter(({ login, superuser }) => login && !superuser);
    for (const { name } of logins) {
      for (const role of reachableRoles(catalog, name))
        comingAs.set(role, [...(comingAs.get(role) ?? []), name]);
    }
    return rootTables(catalog)
      .filter(({ rowSecurity, forceRowSecurity }) => rowSecurity && !forceRowSecurity)
      .filter(({ identity }) => policiesOf(catalog, identity).length > 0)
      .flatMap(({ identity, owner }): readonly Found[] => {
        const role = roleOf(catalog, owner);
        if (role === undefined || role.superuser || role.bypassRowSecurity) return [];
        const [login] = comingAs.get(owner) ?? [];
        if (login === undefined && !isException(catalog, owner)) return [];
        return [
          {
            severity: of === 'document' ? 'note' : 'warning',
            subject: ofRelation(identity),
            says:
              login === undefined
                ? `the policies of ${identity} do not bind its owner ${owner}, while those of its other tables do`
                : login === owner
                  ? `the policies of ${identity} do not bind its owner ${owner}, which is a login`
                  : `the policies of ${identity} do not bind its owner ${owner}, which ${login} can become`,
            why:
              login === undefined
                ? 'a function of the owner, or who comes as the owner one day, reads and writes every row'
                : 'an application that comes as the owner reads and writes every row',
            fix: `ALTER TABLE ${identity} FORCE ROW LEVEL SECURITY`,
          },
        ];
      });
  },
};

/** Whether most protected tables of an owner are forced, two at least: then one that is not was forgotten. */
function isException(catalog: Catalog, owner: string): boolean {
  const own = rootTables(catalog).filter((table) => table.rowSecurity && table.owner === owner);
  const forced = own.filter(({ forceRowSecurity }) => forceRowSecurity).length;
  return forced >= 2 && forced * 2 > own.length;
}
