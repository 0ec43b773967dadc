import type { DataPlan } from '../../design/data-plan.ts';
import type { World } from '../cell.ts';
import { type DrawnPools, drawPools } from '../pools.ts';
import { chunks } from '../rows.ts';
import type { Range } from './ranges.ts';

/** What every value depends on but for its place. */
export interface Origin {
  readonly seed: number;
  readonly scale: number;
  readonly now: Date;
}

/** A run of rows in COPY's text format, UTF-8. */
export interface Made {
  readonly bytes: Uint8Array;
  readonly rows: number;
}

/** Makes rows. Whoever makes them, a range is the same bytes. */
export interface Maker {
  /** The rows of a range, in order; one range at a time. Throws what the plan's generator threw, with column and row. */
  make(range: Range): AsyncIterable<Made> | Iterable<Made>;
  close(): Promise<void>;
}

const encoder = new TextEncoder();

export function worldOf({ seed, scale, now }: Origin, drawn: DrawnPools): World {
  return { seed, scale, now, pools: (pool) => drawn[pool] };
}

/** The rows of a range, made here and now. */
export function* madeChunks(world: World, plan: DataPlan, range: Range): Generator<Made, void, void> {
  const table = plan.tables[range.table];
  if (table === undefined) throw new RangeError(`no table ${range.table} in the plan`);
  for (const { text, rows } of chunks(world, table, range.from, range.to)) {
    yield { bytes: encoder.encode(text), rows };
  }
}

/** A maker in this thread: for plans that are in no file, and for few rows. */
export async function makerHere(plan: DataPlan, origin: Origin): Promise<Maker> {
  const world = worldOf(origin, await drawPools(origin.seed));
  return { make: (range) => madeChunks(world, plan, range), close: async () => {} };
}
