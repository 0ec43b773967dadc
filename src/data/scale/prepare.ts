import type pg from 'pg';
import { ConfigError } from '../../design/config-error.ts';
import type { DataPlan } from '../../design/data-plan.ts';
import type { DrawnPools } from '../pools.ts';
import { createLedger, type Job, writeJob } from './ledger.ts';
import { madeChunks, worldOf } from './maker.ts';
import { strip } from './strip.ts';

/** Rows that a table is judged by. */
const sample = 300;

/** Throws ConfigError unless the tables of a plan are there and empty: rows that are there would be met by others of the same keys. */
export async function demandEmpty(client: pg.Client, plan: DataPlan): Promise<void> {
  for (const { table } of plan.tables) {
    const { rows } = await client.query<{ filled: boolean }>(
      `SELECT EXISTS (SELECT FROM ${table}) AS filled`,
    );
    if (rows[0]?.filled !== true) continue;
    throw new ConfigError(
      table,
      'holds rows already',
      'give a database whose tables are empty, or an empty one',
    );
  }
}

/** Throws ConfigError when a plan asks for a number of rows that is none. */
export function demandCounts(plan: DataPlan, counts: readonly number[], file: string): void {
  plan.tables.forEach(({ table }, at) => {
    const count = counts[at] ?? Number.NaN;
    if (Number.isSafeInteger(count)) return;
    throw new ConfigError(
      file,
      `data of ${table}: ${count} is no number of rows`,
      'correct `rows`, or the scale',
    );
  });
}

/** Begins the books of a fill and takes away what is quicker made afterwards, or nothing of both. Returns how many indexes went. */
export async function begin(client: pg.Client, job: Job, tables: readonly string[]): Promise<number> {
  await client.query('BEGIN');
  try {
    await client.query(createLedger);
    await writeJob(client, job);
    const dropped = tables.length === 0 ? 0 : await strip(client, tables);
    await client.query('COMMIT');
    return dropped;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

/** Bytes of a row of each table, by the first few: what is wrong with every row shows here, before anything is changed. */
export function rowSizes(
  plan: DataPlan,
  counts: readonly number[],
  job: Omit<Job, 'rangeRows'>,
  pools: DrawnPools,
): readonly number[] {
  const world = worldOf(job, pools);
  return plan.tables.map((_, table) => {
    const to = Math.min(sample, counts[table] ?? 0);
    let bytes = 0;
    for (const made of madeChunks(world, plan, { table, from: 0, to })) bytes += made.bytes.length;
    return to === 0 ? 0 : bytes / to;
  });
}
