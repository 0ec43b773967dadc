import { ColumnCell, type Keys, type World } from '../../data/cell.ts';
import { ids } from '../../data/index.ts';
import type { TableData, Value } from '../../design/data-plan.ts';
import type { Draw, RowOf } from '../../design/workload.ts';

/** What all draws of one workload share; it is the world of the fill, so that what is drawn is what is there. */
export type { World } from '../../data/cell.ts';

/** Keys are hashes of names: made once for a world. */
const keysOf = new WeakMap<World, Keys>();

/** The draws of one transaction: a pure function of (seed, kind, number), whatever else is drawn. */
export function drawOf(world: World, kind: string, number: number): Draw {
  let keys = keysOf.get(world);
  if (keys === undefined) {
    keys = new Map();
    keysOf.set(world, keys);
  }
  const shared = keys;
  const cell = new ColumnCell(world, 'workload', kind, shared);
  cell.row = number;
  return {
    number,
    scale: world.scale,
    now: world.now,
    random: (salt) => cell.random(salt),
    integer: (from, to, salt) => cell.integer(from, to, salt),
    pick: (from, salt) => cell.pick(from, salt),
    count: (table) => Math.ceil(table.rows(world.scale)),
    row: (table, row) => rowOf(world, table, row, shared),
    uuid: (table, row) => ids.uuid(table, row),
  };
}

/** A row as the fill makes it, each column when it is asked for: most of a wide row is not. */
function rowOf<Table extends TableData>(world: World, table: Table, row: number, keys: Keys): RowOf<Table> {
  const rows = Math.ceil(table.rows(world.scale));
  if (!Number.isSafeInteger(row) || row < 0 || row >= rows) {
    throw new RangeError(`${table.table} has no row ${row}: it has ${rows}`);
  }
  const values: Record<string, Value> = {};
  for (const [column, generate] of Object.entries(table.columns)) {
    Object.defineProperty(values, column, {
      enumerable: true,
      get: () => {
        const cell = new ColumnCell(world, table.table, column, keys);
        cell.row = row;
        return generate(cell);
      },
    });
  }
  return values as RowOf<Table>;
}
