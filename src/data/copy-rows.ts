import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { TableData } from '../design/data-plan.ts';

/** Chunks that wait for the server: rows are made while it takes the last ones, and that is all that memory holds. */
export const chunksAhead = 8;

/** The COPY statement of a table, its columns in the order of the plan. */
export function copyStatement(table: TableData): string {
  const columns = Object.keys(table.columns).map((name) => pg.escapeIdentifier(name));
  return `COPY ${table.table} (${columns.join(', ')}) FROM STDIN`;
}

/** Copies chunks of rows, in COPY's text format, into a table and gives their number. Aborted, throws the signal's reason. */
export async function copyRows(
  client: pg.Client,
  table: TableData,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<number> {
  const copy = client.query(copyFrom(copyStatement(table)));
  const rows = Readable.from(chunks, { objectMode: true, highWaterMark: chunksAhead });
  try {
    await pipeline(rows, copy, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
  return copy.rowCount;
}
