import { columnsOf, indexesOf, policiesOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { coversCommand, tableOf, treeOf } from '../evidence/policy-conditions.ts';
import { requiredColumns } from '../expression.ts';
import { quotePart } from '../names.ts';
import { rootTables } from '../scene.ts';
import { ofRelation } from '../subject.ts';

/** As many rows make reading all of them a cost that is felt. */
const many = 10_000;

/** A column that every reader is held to, and that begins no index: each query reads the rows of all tenants. */
export const policiesUnindexed: FindingCheck = {
  id: 'policies.unindexed',
  find: ({ catalog }) =>
    rootTables(catalog)
      .filter(({ rowSecurity }) => rowSecurity)
      .flatMap(({ identity, estimatedRows }): readonly Found[] => {
        const sets = policiesOf(catalog, identity)
          .filter((policy) => coversCommand(policy, 'SELECT'))
          .flatMap((policy) => {
            const tree = treeOf(catalog, policy.using);
            const required =
              tree === undefined
                ? new Set<string>()
                : requiredColumns(catalog, tree, tableOf(catalog, policy));
            return [{ permissive: policy.permissive, required }];
          });
        const permissive = sets.filter((each) => each.permissive);
        const [first] = permissive;
        const everywhere = [...(first?.required ?? [])].filter((column) =>
          permissive.every(({ required }) => required.has(column)),
        );
        const floor = sets.filter((each) => !each.permissive).flatMap(({ required }) => [...required]);
        const wanted = [...new Set([...everywhere, ...floor])];
        const indexes = indexesOf(catalog, identity).filter(
          ({ valid, method }) => valid && method !== 'brin',
        );
        const [column] = wanted;
        // Any of the columns narrows the search; one index is enough.
        if (column === undefined || wanted.some((each) => indexes.some(({ columns }) => columns[0] === each)))
          return [];
        if (!columnsOf(catalog, identity).some(({ name }) => name === column)) return [];
        return [
          {
            severity: estimatedRows >= many ? 'warning' : 'note',
            subject: ofRelation(identity),
            says: `${identity}: every reader is held to ${wanted.map(quotePart).join(', ')}, and no index begins with it`,
            why: 'each query reads the rows of all tenants to find those of one',
            fix: `CREATE INDEX ON ${identity} (${quotePart(column)})`,
          },
        ];
      }),
};
