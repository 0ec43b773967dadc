import { policiesOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { isTable } from '../scene.ts';
import { ofRelation } from '../subject.ts';

/** Policies that were written and do nothing. */
export const policiesDormant: FindingCheck = {
  id: 'policies.dormant',
  find: ({ catalog }) =>
    catalog.relations
      .filter((table) => isTable(table) && !table.rowSecurity)
      .flatMap(({ identity }): readonly Found[] => {
        const { length } = policiesOf(catalog, identity);
        if (length === 0) return [];
        return [
          {
            severity: 'error',
            subject: ofRelation(identity),
            says: `${identity} has ${length === 1 ? 'a policy' : `${length} policies`}, and its row security is off`,
            why: 'a policy without row security restricts nobody',
            fix: `ALTER TABLE ${identity} ENABLE ROW LEVEL SECURITY`,
          },
        ];
      }),
};
