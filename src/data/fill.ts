import type pg from 'pg';
import type { DataPlan, TableData } from '../design/data-plan.ts';
import type { World } from './cell.ts';
import { copyRows } from './copy-rows.ts';
import { verifyForeignKeys } from './foreign-keys.ts';
import { openPools } from './pools.ts';
import { chunks } from './rows.ts';

export interface FillOptions {
  /** Every value but ids depends on it. */
  readonly seed: number;
  /** 1 is the default fill; rows grow with it as the plan says. */
  readonly scale: number;
  /** The instant that times of the data are relative to. */
  readonly now: Date;
  /** Aborted: the fill is undone, and its reason thrown. */
  readonly signal?: AbortSignal;
}

/** How far a table is. */
export interface FillProgress {
  readonly table: string;
  readonly rows: number;
  readonly of: number;
}

/** Triggers and foreign keys are off until the transaction ends; those that are ENABLE ALWAYS are not. */
export const enterReplica = 'SET LOCAL session_replication_role = replica';
const leaveReplica = 'SET LOCAL session_replication_role = origin';

/**
 * Fills the tables of a plan by COPY and returns the rows by table. The client must be a superuser's, outside a
 * transaction. Triggers and foreign keys are off while loading, since data that is made by arithmetic needs neither;
 * the foreign keys are proved to hold afterwards. All of it is one transaction: on any error, which is thrown as the
 * server or the plan gave it, the database is as before. Memory does not grow with the rows.
 */
export async function fill(
  client: pg.Client,
  plan: DataPlan,
  options: FillOptions,
  onProgress?: (progress: FillProgress) => void,
): Promise<Record<string, number>> {
  const { seed, scale, now, signal } = options;
  const world: World = { seed, scale, now, pools: await openPools(seed) };
  const counts: Record<string, number> = {};
  await client.query('BEGIN');
  try {
    await client.query(enterReplica);
    for (const table of plan.tables) {
      signal?.throwIfAborted();
      counts[table.table] = await copyTable(client, world, table, signal, onProgress);
    }
    signal?.throwIfAborted();
    await client.query(leaveReplica);
    for (const statement of plan.after ?? []) await client.query(statement);
    await analyze(client, plan);
    await verifyForeignKeys(client);
    await client.query('COMMIT');
  } catch (error) {
    // A connection that is gone has rolled back already; its error must not hide the first one.
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
  return counts;
}

async function copyTable(
  client: pg.Client,
  world: World,
  table: TableData,
  signal: AbortSignal | undefined,
  onProgress?: (progress: FillProgress) => void,
): Promise<number> {
  const of = Math.ceil(table.rows(world.scale));
  function* texts(): Generator<Buffer, void, void> {
    let rows = 0;
    for (const chunk of chunks(world, table, 0, of)) {
      yield Buffer.from(chunk.text);
      rows += chunk.rows;
      onProgress?.({ table: table.table, rows, of });
    }
  }
  return copyRows(client, table, texts(), signal);
}

async function analyze(client: pg.Client, plan: DataPlan): Promise<void> {
  if (plan.tables.length === 0) return;
  await client.query(`ANALYZE ${plan.tables.map(({ table }) => table).join(', ')}`);
}
