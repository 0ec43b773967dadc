import type { DeckTransaction } from '../deck/model.ts';
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

export function tableOf(name: string, shapes: readonly Shape[]): DeckTable {
  const row = (shape: number, n: number, transaction: DeckTransaction) =>
    `(${shape}, ${n}, ARRAY[${valuesOf(transaction).map(literal).join(', ')}]::text[])`;
  return {
    // Not compressed: it would be taken apart anew for every transaction.
    create: `CREATE UNLOGGED TABLE ${name} (shape int, n int, v text[], PRIMARY KEY (shape, n)); ALTER TABLE ${name} ALTER v SET STORAGE EXTERNAL; GRANT SELECT ON ${name} TO PUBLIC`,
    *fill() {
      for (const [shape, { members }] of shapes.entries()) {
        for (let from = 0; from < members.length; from += rowsInOne) {
          const some = members.slice(from, from + rowsInOne);
          const rows = some.map((transaction, index) => row(shape, from + index + 1, transaction));
          yield `INSERT INTO ${name} VALUES ${rows.join(', ')}`;
        }
      }
      yield `ANALYZE ${name}`;
    },
    drop: `DROP TABLE IF EXISTS ${name}`,
  };
}
