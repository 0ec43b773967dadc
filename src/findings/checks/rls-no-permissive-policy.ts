import { policiesOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { requestersOf, requestRoles, writes } from '../evidence/request-roles.ts';
import { rootTables } from '../scene.ts';
import { ofRelation } from '../subject.ts';

/** Restrictive policies only take away: without a permissive one nothing is left. */
export const rlsNoPermissivePolicy: FindingCheck = {
  id: 'rls.no-permissive-policy',
  find({ catalog, of }) {
    const silent = of === 'document' && requestRoles(catalog).length === 0;
    return rootTables(catalog)
      .filter(({ rowSecurity }) => rowSecurity)
      .flatMap(({ identity }): readonly Found[] => {
        const policies = policiesOf(catalog, identity);
        if (policies.some(({ permissive }) => permissive)) return [];
        const roles = requestersOf(catalog, identity, 'SELECT', ...writes);
        // Without a grant the table is meant to be closed.
        if (roles.length === 0 && !silent) return [];
        const kind = policies.length === 0 ? 'no policy' : 'restrictive policies alone';
        return [
          {
            severity: 'warning',
            subject: ofRelation(identity),
            says: `${identity} has row security and ${kind}${silent ? '' : `, and is granted to ${roles.join(', ')}`}`,
            why: 'nobody but an owner who is not forced sees or writes a row, and no statement says why',
            fix: `CREATE POLICY … ON ${identity} FOR SELECT …${silent ? '' : `, or REVOKE ALL ON ${identity} FROM ${roles.join(', ')}`}`,
          },
        ];
      });
  },
};
