import pg from 'pg';
import { ConfigError } from '../../design/config-error.ts';

/** The schema that a fill keeps its books in, in the database that it fills; gone when it is done. */
export const ledgerSchema = 'pgattest_fill';

/** What makes the same rows: a fill goes on only from one of the same. */
export interface Job {
  readonly design: string;
  /** Of the design's files. */
  readonly digest: string;
  readonly seed: number;
  readonly scale: number;
  readonly now: Date;
  /** Rows of a range. */
  readonly rangeRows: number;
}

/** How far a fill is: ranges are loaded, then indexes and keys are made again, then the plan's statements are run. */
export type Phase = 'load' | 'rebuild' | 'after' | 'check';

/** Rows [from, to) of a table. */
export interface DoneRange {
  readonly table: string;
  readonly from: number;
  readonly to: number;
}

export const createLedger = `
  CREATE SCHEMA ${ledgerSchema};
  CREATE TABLE ${ledgerSchema}.job (
    design text NOT NULL, digest text NOT NULL, seed float8 NOT NULL, scale float8 NOT NULL, now timestamptz NOT NULL,
    range_rows int NOT NULL, phase text NOT NULL DEFAULT 'load');
  CREATE TABLE ${ledgerSchema}.done (
    table_name text, from_row bigint, to_row bigint NOT NULL, PRIMARY KEY (table_name, from_row));
  CREATE TABLE ${ledgerSchema}.step (
    ordinal int PRIMARY KEY, stage text NOT NULL, statement text NOT NULL, proves text, done boolean NOT NULL DEFAULT false);`;

export const dropLedger = `DROP SCHEMA ${ledgerSchema} CASCADE`;

const jobQuery = `
  SELECT design, digest, seed, scale, now, range_rows AS "rangeRows", phase FROM ${ledgerSchema}.job`;

const insertJob = `
  INSERT INTO ${ledgerSchema}.job (design, digest, seed, scale, now, range_rows) VALUES ($1, $2, $3, $4, $5, $6)`;

/** The fill that was begun here and is not done; undefined when there is none. */
export async function readJob(client: pg.Client): Promise<(Job & { readonly phase: Phase }) | undefined> {
  const { rows: there } = await client.query<{ there: boolean }>(
    `SELECT to_regclass('${ledgerSchema}.job') IS NOT NULL AS there`,
  );
  if (there[0]?.there !== true) return undefined;
  const { rows } = await client.query<Job & { readonly phase: Phase }>(jobQuery);
  return rows[0];
}

export async function writeJob(client: pg.Client, job: Job): Promise<void> {
  const { design, digest, seed, scale, now, rangeRows } = job;
  await client.query(insertJob, [design, digest, seed, scale, now, rangeRows]);
}

export async function enterPhase(client: pg.Client, phase: Phase): Promise<void> {
  await client.query(`UPDATE ${ledgerSchema}.job SET phase = $1`, [phase]);
}

/** Ranges whose rows are in, by `table from`. */
export async function doneRanges(client: pg.Client): Promise<readonly DoneRange[]> {
  const { rows } = await client.query<{ table: string; from: string; to: string }>(
    `SELECT table_name AS table, from_row AS from, to_row AS to FROM ${ledgerSchema}.done`,
  );
  return rows.map(({ table, from, to }) => ({ table, from: Number(from), to: Number(to) }));
}

/** In the transaction that holds the rows: both are there, or neither. */
export async function markRange(client: pg.Client, { table, from, to }: DoneRange): Promise<void> {
  await client.query(`INSERT INTO ${ledgerSchema}.done VALUES ($1, $2, $3)`, [table, from, to]);
}

/** Throws ConfigError when what was begun would make other rows than what is asked for. */
export function demandSame(
  begun: Job,
  asked: Omit<Job, 'now' | 'rangeRows'> & { readonly now?: Date },
): void {
  const differences = [
    ...(begun.design === asked.design ? [] : [`of the design ${begun.design}`]),
    ...(begun.seed === asked.seed ? [] : [`with seed ${begun.seed}`]),
    ...(begun.scale === asked.scale ? [] : [`at scale ${begun.scale}`]),
    ...(asked.now === undefined || asked.now.getTime() === begun.now.getTime()
      ? []
      : [`as of ${begun.now.toISOString()}`]),
  ];
  const changed = begun.design === asked.design && begun.digest !== asked.digest;
  if (changed) differences.push('from files of the design that have changed since');
  if (differences.length === 0) return;
  throw new ConfigError(
    'the database',
    `holds a fill that was begun ${differences.join(', ')}`,
    changed
      ? 'put the files back as they were to go on with it, or give an empty database'
      : 'ask for the same to go on with it, or give an empty database',
  );
}

/** Only one fill is at work in a database, and none while sessions of an earlier one still are. */
const locks = { fill: '7813426001', sessions: '7813426002' } as const;

/** Throws ConfigError when another fill is at work in the database. Held as long as the connection. */
export async function takeDatabase(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>(
    `SELECT pg_try_advisory_lock(${locks.fill}) AS taken`,
  );
  if (rows[0]?.taken !== true) {
    throw new ConfigError('the database', 'another fill is at work in it', 'wait until it has ended');
  }
  try {
    await client.query(`SET lock_timeout = '60s'; SELECT pg_advisory_lock(${locks.sessions})`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error;
    const what = 'sessions of an earlier fill are still at work in it';
    throw new ConfigError('the database', what, 'wait until they have ended, or end them', { cause: error });
  }
  await client.query(`SELECT pg_advisory_unlock(${locks.sessions})`);
}

/** What a session of the fill holds while it lives. */
export const joinFill = `SELECT pg_advisory_lock_shared(${locks.sessions})`;
