import type { DataPlan } from '../../design/data-plan.ts';
import type { DoneRange } from './ledger.ts';

/** Rows [from, to) of one table of a plan, by its place there: what is copied, and done or not, as a whole. */
export interface Range {
  readonly table: number;
  readonly from: number;
  readonly to: number;
}

/** Rows of the tables of a plan, in its order. */
export function rowsOf(plan: DataPlan, scale: number): readonly number[] {
  return plan.tables.map((table) => Math.max(0, Math.ceil(table.rows(scale))));
}

/** All rows of a plan in ranges of at most `rangeRows`, without those that are done. */
export function openRanges(
  plan: DataPlan,
  counts: readonly number[],
  rangeRows: number,
  done: readonly DoneRange[],
): readonly Range[] {
  const loaded = new Set(done.map(({ table, from }) => `${table} ${from}`));
  return plan.tables.flatMap(({ table }, index) => {
    const count = counts[index] ?? 0;
    return Array.from({ length: Math.ceil(count / rangeRows) }, (_, n) => {
      return { table: index, from: n * rangeRows, to: Math.min(count, (n + 1) * rangeRows) };
    }).filter(({ from }) => !loaded.has(`${table} ${from}`));
  });
}
