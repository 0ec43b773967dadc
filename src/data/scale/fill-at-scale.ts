import type pg from 'pg';
import { ConfigError } from '../../design/config-error.ts';
import type { DataPlan } from '../../design/data-plan.ts';
import { drawPools } from '../pools.ts';
import { dataError } from './data-error.ts';
import { check, runAfter } from './finish.ts';
import { demandSame, doneRanges, dropLedger, enterPhase, type Job, readJob, takeDatabase } from './ledger.ts';
import { loadRanges } from './load-ranges.ts';
import { type Maker, makerHere } from './maker.ts';
import { makersInThreads } from './maker-pool.ts';
import { begin, demandCounts, demandEmpty, rowSizes } from './prepare.ts';
import type { OnScaleProgress } from './progress.ts';
import { openRanges, rowsOf } from './ranges.ts';
import { rebuild } from './rebuild.ts';
import { type Connect, openSessions } from './sessions.ts';

export interface ScaleFillOptions {
  /** A superuser's connection to the migrated database; several are opened. */
  readonly connect: Connect;
  readonly plan: DataPlan;
  readonly design: {
    readonly name: string;
    /** Of the design's files: a fill goes on only with the same. */
    readonly digest: string;
    /** Absolute path of the design; what is wrong with the data is said of it. */
    readonly file: string;
  };
  readonly seed: number;
  readonly scale: number;
  /** The instant that times of the data are relative to. Default: that of the fill which goes on, or the start. */
  readonly now?: Date;
  /** Connections, each with rows made for it alone. */
  readonly workers: number;
  /** Rows are made in a thread for each worker, from the design's file; else here, one after the other. Default true. */
  readonly threads?: boolean;
  /** Rows that are loaded, or lost, together. */
  readonly rangeRows?: number;
  /** Tables of so many rows lose their indexes while they are loaded. */
  readonly stripFrom?: number;
  /** Only go on with a fill that was begun. */
  readonly resume?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: OnScaleProgress;
}

export interface ScaleFilled {
  /** Rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Bytes in COPY's text format that this attempt loaded. */
  readonly bytes: number;
  /** Rows that an earlier attempt had loaded. */
  readonly before: number;
  readonly now: Date;
  readonly milliseconds: {
    /** From the first row to the last commit, without starting the threads. */
    readonly load: number;
    /** Indexes, constraints, foreign keys. */
    readonly rebuild: number;
    /** The plan's statements, VACUUM, ANALYZE, and what is left of the foreign keys. */
    readonly finish: number;
  };
}

const usualRange = 20_000;
/** With fewer rows, dropping the indexes and making them again takes longer than keeping them. */
const usualStrip = 50_000;

/**
 * Fills a migrated database with a plan by several connections, indexes and keys afterwards. What was loaded stays when it is broken
 * off: the next one, with the same design, seed and scale, goes on from there; until then the database has a schema `pgattest_fill`,
 * which holds what is done and the definitions of what was dropped. Nothing of the data depends on how many workers there are.
 *
 * Throws ConfigError for what the user can mend (another fill, rows that are there, data that the database refuses), the reason of the
 * signal, and what the server said. Memory does not grow with the rows.
 */
export async function fillAtScale(options: ScaleFillOptions): Promise<ScaleFilled> {
  const { connect, signal } = options;
  signal?.throwIfAborted();
  const control = await connect();
  const hangUp = () => void control.end().catch(() => {});
  signal?.addEventListener('abort', hangUp, { once: true });
  try {
    await takeDatabase(control);
    return await fillWith(control, options);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', hangUp);
    await control.end().catch(() => {});
  }
}

async function fillWith(control: pg.Client, options: ScaleFillOptions): Promise<ScaleFilled> {
  const { connect, plan, design, workers, signal, onProgress = () => {} } = options;
  const { job, phase, dropped, counts, sizes } = await beginOrGoOn(control, options);
  const done = await doneRanges(control);
  const ranges = openRanges(plan, counts, job.rangeRows, done);
  const before = done.reduce((sum, { from, to }) => sum + to - from, 0);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const of = ranges.reduce((sum, { table, from, to }) => sum + (sizes[table] ?? 0) * (to - from), 0);
  onProgress({ phase: 'begin', rows: total, bytes: of, loaded: before, dropped });

  const sessions = await openSessions(connect, workers);
  const clock = stopwatch();
  let bytes = 0;
  try {
    const { clients } = sessions;
    if (phase === 'load') {
      const makers = ranges.length === 0 ? [] : await makersFor(options, job);
      clock.begin();
      try {
        let rows = 0;
        const hands = makers.flatMap((maker, n) => {
          const client = clients[n];
          return client === undefined ? [] : [{ client, maker }];
        });
        await loadRanges(plan, ranges, hands, signal, (more, length, table) => {
          rows += more;
          bytes += length;
          onProgress({ phase: 'load', table, rows, ofRows: total - before, made: bytes, of });
        }).catch((error: unknown) => {
          throw dataError(error, design.file);
        });
      } finally {
        await Promise.all(makers.map((maker) => maker.close()));
      }
      await enterPhase(control, 'rebuild');
    } else clock.begin();
    const load = clock.lap();
    if (phase === 'load' || phase === 'rebuild') {
      await rebuild(clients, signal, (steps, ofSteps, stage) => {
        onProgress({ phase: 'rebuild', stage, done: steps, of: ofSteps });
      }).catch((error: unknown) => {
        throw dataError(error, design.file);
      });
      await enterPhase(control, 'after');
    }
    const rebuilt = clock.lap();
    if (phase !== 'check') {
      await runAfter(control, plan, signal, (n, ofN) => onProgress({ phase: 'after', done: n, of: ofN }));
    }
    await check(clients, plan, signal, (n, ofN) => onProgress({ phase: 'check', done: n, of: ofN })).catch(
      (error: unknown) => {
        throw dataError(error, design.file);
      },
    );
    await control.query(dropLedger);
    return {
      rows: Object.fromEntries(plan.tables.map(({ table }, n) => [table, counts[n] ?? 0])),
      bytes,
      before,
      now: job.now,
      milliseconds: { load, rebuild: rebuilt, finish: clock.lap() },
    };
  } finally {
    await sessions.close();
  }
}

async function beginOrGoOn(control: pg.Client, options: ScaleFillOptions) {
  const { plan, design, seed, scale, rangeRows = usualRange, stripFrom = usualStrip } = options;
  const begun = await readJob(control);
  if (begun === undefined && options.resume === true) {
    throw new ConfigError('the database', 'holds no fill that was begun', 'leave --resume out to begin one');
  }
  if (begun !== undefined)
    demandSame(begun, { ...design, design: design.name, seed, scale, ...nowOf(options) });
  const counts = rowsOf(plan, scale);
  demandCounts(plan, counts, design.file);
  const now = begun?.now ?? options.now ?? new Date();
  const job: Job = begun ?? { design: design.name, digest: design.digest, seed, scale, now, rangeRows };
  const pools = await drawPools(seed);
  let sizes: readonly number[];
  try {
    sizes = rowSizes(plan, counts, job, pools);
  } catch (error) {
    throw dataError(error, design.file);
  }
  if (begun !== undefined) return { job, phase: begun.phase, dropped: 0, counts, sizes };
  await demandEmpty(control, plan);
  const large = plan.tables.flatMap(({ table }, n) => ((counts[n] ?? 0) >= stripFrom ? [table] : []));
  const dropped = await begin(control, job, large);
  return { job, phase: 'load' as const, dropped, counts, sizes };
}

function nowOf({ now }: ScaleFillOptions): { readonly now?: Date } {
  return now === undefined ? {} : { now };
}

async function makersFor(options: ScaleFillOptions, job: Job): Promise<readonly Maker[]> {
  const { design, plan, workers, threads = true } = options;
  if (threads) return makersInThreads(design.file, job, workers);
  const maker = await makerHere(plan, job);
  return Array.from({ length: workers }, () => maker);
}

/** Milliseconds from lap to lap. */
function stopwatch() {
  let last = performance.now();
  return {
    begin: () => {
      last = performance.now();
    },
    lap: () => {
      const since = last;
      last = performance.now();
      return last - since;
    },
  };
}
