import { ConfigError } from '../../design/config-error.ts';
import { type Shape, valuesOf } from './deck-scripts.ts';
import { literal } from './script-sql.ts';

/** SQL that makes, fills and drops the table of a deck's values. For a superuser, or whoever may create there. */
export interface DeckTable {
  readonly create: string;
  /** INSERTs of up to 500 transactions each, then ANALYZE. */
  fill(): Generator<string, void, void>;
  readonly drop: string;
}

const rowsInOne = 500;

/** A table has 1,600 columns at most, of which two are the key. */
const mostValues = 1598;

export function tableOf(name: string, shapes: readonly Shape[]): DeckTable {
  const columns = Math.max(0, ...shapes.map(({ first }) => valuesOf(first).length));
  if (columns > mostValues)
    throw new ConfigError(
      'deck',
      `${columns} values in a transaction, and a row holds ${mostValues}`,
      'make transactions of fewer statements',
    );
  // Columns and not an array, of which each value would be looked for from its beginning.
  const names = Array.from({ length: columns }, (_, at) => `v${at + 1}`);
  return {
    // In the row as long as a page holds it: a value would else be fetched from elsewhere, one by one.
    create: `CREATE UNLOGGED TABLE ${name} (${['shape int', 'n int', ...names.map((column) => `${column} text`)].join(', ')}, PRIMARY KEY (shape, n)) WITH (toast_tuple_target = 8160); GRANT SELECT ON ${name} TO PUBLIC`,
    *fill() {
      for (const [shape, { first, members }] of shapes.entries()) {
        const own = ['shape', 'n', ...names.slice(0, valuesOf(first).length)].join(', ');
        for (let from = 0; from < members.length; from += rowsInOne) {
          const rows = members
            .slice(from, from + rowsInOne)
            .map(
              (transaction, at) =>
                `(${[shape, from + at + 1, ...valuesOf(transaction).map(literal)].join(', ')})`,
            );
          yield `INSERT INTO ${name} (${own}) VALUES ${rows.join(', ')}`;
        }
      }
      yield `ANALYZE ${name}`;
    },
    drop: `DROP TABLE IF EXISTS ${name}`,
  };
}
