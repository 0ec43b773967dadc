import { constraintsOf, policiesOf, relation } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { requestersOf, requestRoles, writes } from '../evidence/request-roles.ts';
import { tenantColumnsOf } from '../evidence/tenant-columns.ts';
import { rootTables, usesRowSecurity } from '../scene.ts';
import { ofRelation } from '../subject.ts';

/** A table of rows that belong to somebody, as its columns or references tell, reached by requests without row security. */
export const rlsDisabled: FindingCheck = {
  id: 'rls.disabled',
  find({ catalog, of }) {
    if (!usesRowSecurity(catalog)) return [];
    const silent = of === 'document' && requestRoles(catalog).length === 0;
    return rootTables(catalog)
      .filter(({ rowSecurity, identity }) => !rowSecurity && policiesOf(catalog, identity).length === 0)
      .flatMap(({ identity }): readonly Found[] => {
        const fix = `ALTER TABLE ${identity} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, with policies`;
        const subject = ofRelation(identity);
        if (silent) {
          const says = `${identity} has no row security, while other tables do`;
          return [{ severity: 'note', subject, says, why: 'whoever may read it reads every row', fix }];
        }
        const roles = requestersOf(catalog, identity, 'SELECT', ...writes);
        if (roles.length === 0) return [];
        const [tenant] = tenantColumnsOf(catalog, identity);
        const says = `${identity} has no row security, and ${roles.join(', ')} may use it`;
        if (tenant !== undefined) {
          const why = `other tables are divided by ${tenant}; of this one everybody gets the rows of everybody`;
          return [{ severity: 'error', subject, says, why, fix }];
        }
        const owner = constraintsOf(catalog, identity).find(
          ({ kind, references }) =>
            kind === 'foreign key' && relation(catalog, references ?? '')?.rowSecurity === true,
        );
        if (owner === undefined) return [];
        const why = `its rows belong to rows of ${owner.references}, which are protected`;
        return [{ severity: 'warning', subject, says, why, fix }];
      });
  },
};
