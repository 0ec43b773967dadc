import { mentionedColumns } from '../../src/checks/access/predicate.ts';
import { ident, type Rewrite, type Way } from './rewrite.ts';

/** At most so many for a table: planners need no more to think otherwise. */
const perTable = 3;

/** An index more on columns that policies look at: plans change, and with them the order in which conditions are asked. */
export const addIndex: Way = {
  name: 'add an index',
  rewrites: ({ catalog }) => {
    const partitions = new Set(
      catalog.relations.filter(({ parent }) => parent !== null).map(({ identity }) => identity),
    );
    const tables = [...new Set(catalog.policies.map(({ relation }) => relation))].filter(
      (each) => !partitions.has(each),
    );
    return tables.flatMap((relation) => {
      const texts = catalog.policies
        .filter((policy) => policy.relation === relation)
        .flatMap(({ using, withCheck }) => [using, withCheck])
        .filter((text) => text !== null);
      const mentioned = new Set(texts.flatMap((text) => [...mentionedColumns(text)]));
      return catalog.columns
        .filter(
          (column) =>
            column.relation === relation && mentioned.has(column.name) && isSortable(column.baseType),
        )
        .slice(0, perTable)
        .map(
          ({ name }): Rewrite => ({
            object: `${relation} (${name})`,
            statement: `CREATE INDEX ON ${relation} (${ident(name)} DESC)`,
          }),
        );
    });
  },
};

function isSortable(type: string): boolean {
  return !['pg_catalog.json', 'pg_catalog.xml', 'pg_catalog.point', 'pg_catalog.box'].includes(type);
}
