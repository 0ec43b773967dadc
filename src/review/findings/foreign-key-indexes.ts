import { constraintsOf, indexesOf, relation } from '../../catalog/lookup.ts';
import { about, type LiveCheck } from './live.ts';

/** Foreign keys whose columns begin no index: each delete of a referenced row reads the whole table. */
export const foreignKeyIndexes: LiveCheck = ({ catalog, origins }) =>
  catalog.relations
    .filter(({ parent }) => parent === null)
    .flatMap(({ identity, schema, name }) => {
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
      const columns = lacking.map((each) => each.columns.join(', '));
      if (columns.length === 0) return [];
      return [
        about(
          'index.foreign-key',
          'note',
          origins.of('relation', schema, name),
          identity,
          `${identity}: no index begins with the foreign key ${columns.map((each) => `(${each})`).join(', ')}`,
          columns.map((each) => `CREATE INDEX ON ${identity} (${each})`).join('; '),
        ),
      ];
    });
