import type pg from 'pg';
import type { DataPlan } from '../../design/data-plan.ts';
import { copyRows } from '../copy-rows.ts';
import { enterReplica } from '../fill.ts';
import { markRange } from './ledger.ts';
import type { Made, Maker } from './maker.ts';
import type { Range } from './ranges.ts';
import { shareAmong } from './sessions.ts';

/** Rows and bytes that were handed to the server since the last call. */
export type OnMade = (rows: number, bytes: number, table: string) => void;

/**
 * Loads ranges, one maker and one connection beside each other. Each range is one transaction with its mark in the ledger: it is in
 * and marked, or neither.
 */
export async function loadRanges(
  plan: DataPlan,
  ranges: readonly Range[],
  hands: readonly { readonly client: pg.Client; readonly maker: Maker }[],
  signal: AbortSignal | undefined,
  onMade: OnMade,
): Promise<void> {
  const makers = new Map(hands.map(({ client, maker }) => [client, maker]));
  // A server that fails one connection may leave the others waiting: they stop where they are.
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  const clients = hands.map(({ client }) => client);
  try {
    await shareAmong(clients, ranges, signal, async (client, range) => {
      const maker = makers.get(client);
      const table = plan.tables[range.table];
      if (maker === undefined || table === undefined)
        throw new RangeError(`no table ${range.table} in the plan`);
      try {
        await client.query('BEGIN');
        await client.query(enterReplica);
        await copyRows(client, table, counted(maker.make(range), table.table, onMade), either);
        await markRange(client, { table: table.table, from: range.from, to: range.to });
        await client.query('COMMIT');
      } catch (error) {
        failure ??= { error };
        stop.abort(failure.error);
        await client.query('ROLLBACK').catch(() => {});
        throw error;
      }
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw failure === undefined ? error : failure.error;
  }
}

async function* counted(
  made: AsyncIterable<Made> | Iterable<Made>,
  table: string,
  onMade: OnMade,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const { bytes, rows } of made) {
    yield bytes;
    onMade(rows, bytes.length, table);
  }
}
