import { constraintsOf, indexesOf, relation } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { quotePart } from '../names.ts';
import { ofRelation } from '../subject.ts';

/** Foreign keys whose columns begin no index: each delete of a referenced row reads the whole table. */
export const indexForeignKey: FindingCheck = {
  id: 'index.foreign-key',
  find: ({ catalog }) =>
    catalog.relations
      .filter(({ parent }) => parent === null)
      .flatMap(({ identity }): readonly Found[] => {
        const indexes = indexesOf(catalog, identity).filter(
          ({ predicate }) => predicate === null || /IS NOT NULL/.test(predicate),
        );
        const lacking = constraintsOf(catalog, identity)
          .filter(
            ({ kind, references }) =>
              kind === 'foreign key' && relation(catalog, references ?? '') !== undefined,
          )
          .filter(
            ({ columns }) =>
              !indexes.some((index) => {
                const leading = index.columns.slice(0, columns.length);
                return columns.every((column) => leading.includes(column));
              }),
          );
        const columns = lacking.map((each) => `(${each.columns.map(quotePart).join(', ')})`);
        if (columns.length === 0) return [];
        return [
          {
            severity: 'note',
            subject: ofRelation(identity),
            says: `${identity}: no index begins with the foreign key ${columns.join(', ')}`,
            why: 'each delete or key change of a referenced row reads the whole table, with a lock held',
            fix: columns.map((each) => `CREATE INDEX ON ${identity} ${each}`).join('; '),
          },
        ];
      }),
};
