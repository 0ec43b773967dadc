import type { Cell, FakerPool, Ids } from '../design/data-plan.ts';
import { hex8 } from './hex.ts';
import { ids } from './ids.ts';
import { type Key, keyOf } from './key.ts';
import { type Block, philox } from './philox.ts';
import type { Pools } from './pools.ts';

/** What the whole fill has in common. */
export interface World {
  readonly seed: number;
  readonly scale: number;
  readonly now: Date;
  readonly pools: Pools;
}

/** Keys by table and column: names of both are literals, which a map finds by their known hash. */
export type Keys = Map<string, Map<string, Key>>;

function keyIn(keys: Keys, seed: number, table: string, column: string): Key {
  let columns = keys.get(table);
  if (columns === undefined) {
    columns = new Map();
    keys.set(table, columns);
  }
  let key = columns.get(column);
  if (key === undefined) {
    key = keyOf('column', seed, table, column);
    columns.set(column, key);
  }
  return key;
}

const day = 86_400_000;
/** Where every draw is written; read at once, and nothing here waits in between. */
const words: Block = new Uint32Array(4);
/** One stream of numbers per method, so that `pick` and `integer` of one cell do not go together. */
const stream = { random: 0, integer: 1, pick: 2, fake: 3, past: 4, hex: 5 } as const;

/**
 * The source of a column's values. One is made per column and moved from row to row: `row` is the only thing that
 * changes, so a value depends on (seed, table, column, row) and on nothing that was drawn before.
 */
export class ColumnCell implements Cell {
  row = 0;
  readonly scale: number;
  readonly now: Date;
  readonly #world: World;
  readonly #key: Key;
  readonly #others: Keys;
  readonly #ids: Ids = ids;

  constructor(world: World, table: string, column: string, others: Keys = new Map()) {
    this.#world = world;
    this.scale = world.scale;
    this.now = world.now;
    this.#others = others;
    this.#key = keyIn(others, world.seed, table, column);
  }

  uuid(table: string, row: number): string {
    return this.#ids.uuid(table, row);
  }

  random(salt = 0): number {
    return this.#fraction(stream.random, salt);
  }

  integer(from: number, to: number, salt = 0): number {
    return from + Math.floor(this.#fraction(stream.integer, salt) * (to - from + 1));
  }

  pick<T>(from: readonly T[], salt = 0): T {
    if (from.length === 0) throw new RangeError('pick: nothing to pick from');
    return from[Math.floor(this.#fraction(stream.pick, salt) * from.length)] as T;
  }

  fake(pool: FakerPool, salt = 0): string {
    const values = this.#world.pools(pool);
    return values[Math.floor(this.#fraction(stream.fake, salt) * values.length)] as string;
  }

  past(days: number, salt = 0): Date {
    return new Date(this.now.getTime() - Math.floor(this.#fraction(stream.past, salt) * days * day));
  }

  hex(length: number, salt = 0): string {
    let digits = '';
    for (let block = 0; digits.length < length; block++) {
      this.#draw(stream.hex + (block << 3), salt);
      const [a = 0, b = 0, c = 0, d = 0] = words;
      digits += hex8(a) + hex8(b) + hex8(c) + hex8(d);
    }
    return digits.slice(0, length);
  }

  of(table: string, column: string, row = this.row): Cell {
    const cell = new ColumnCell(this.#world, table, column, this.#others);
    cell.row = row;
    return cell;
  }

  /** 53 bits as a number in [0, 1). */
  #fraction(method: number, salt: number): number {
    this.#draw(method, salt);
    const [high = 0, low = 0] = words;
    return ((high >>> 5) * 0x4000000 + (low >>> 6)) / 0x20000000000000;
  }

  #draw(method: number, salt: number): void {
    philox(this.#key[0], this.#key[1], this.row, this.row / 2 ** 32, salt, method, words);
  }
}
