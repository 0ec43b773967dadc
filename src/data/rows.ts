import type { TableData } from '../design/data-plan.ts';
import { ColumnCell, type Keys, type World } from './cell.ts';
import { copyField } from './copy-text.ts';

/** A run of rows in COPY's text format. */
export interface Chunk {
  readonly text: string;
  /** Rows in it. */
  readonly rows: number;
}

/** Characters of a chunk, about: large enough to make system calls rare, small enough not to count as memory. */
const chunkLength = 64 * 1024;

/**
 * The rows [from, to) of a table, in chunks. Any range gives what the whole gives there, so ranges can be made in any
 * order and by any number of workers.
 */
export function* chunks(
  world: World,
  table: TableData,
  from: number,
  to: number,
): Generator<Chunk, void, void> {
  const keys: Keys = new Map();
  const columns = Object.entries(table.columns).map(([name, generate]) => {
    return { name, generate, cell: new ColumnCell(world, table.table, name, keys) };
  });
  let text = '';
  let rows = 0;
  for (let row = from; row < to; row++) {
    let separator = '';
    for (const { name, generate, cell } of columns) {
      cell.row = row;
      try {
        text += separator + copyField(generate(cell));
      } catch (cause) {
        throw new Error(`data of ${table.table}.${name}, row ${row}: ${messageOf(cause)}`, { cause });
      }
      separator = '\t';
    }
    text += '\n';
    rows++;
    if (text.length >= chunkLength) {
      yield { text, rows };
      text = '';
      rows = 0;
    }
  }
  if (rows > 0) yield { text, rows };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
