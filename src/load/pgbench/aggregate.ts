import { readFile } from 'node:fs/promises';
import { ConfigError } from '../../design/config-error.ts';

/** One interval of `--aggregate-interval`. Times are microseconds; sums of squares are of these. */
export interface Interval {
  /** When it begins, seconds since the epoch. */
  readonly start: number;
  readonly seconds: number;
  /** Done; skipped and failed ones are not in it. */
  readonly transactions: number;
  readonly latency: Spread;
  /** Under `-R`; in 13 and 14 absent without it. */
  readonly lag?: Spread;
  readonly skipped: number;
  readonly retried: number;
  readonly retries: number;
  readonly serializationFailures: number;
  readonly deadlockFailures: number;
  /**
   * Not a whole interval of all threads: the first of a thread, which began in its middle, or one that another thread has not
   * written. The last interval of all, in which the run ended, pgbench never writes.
   */
  readonly partial: boolean;
}

export interface Spread {
  readonly sum: number;
  readonly sumOfSquares: number;
  /** NaN of none. */
  readonly min: number;
  readonly max: number;
}

/** Reads aggregated logs, one file for each thread, and adds up the intervals of the same start. Throws ConfigError for another file. */
export async function readAggregates(
  files: readonly string[],
  seconds: number,
): Promise<readonly Interval[]> {
  const threads = await Promise.all(
    files.map(async (file) => parseAggregates(await readFile(file, 'utf8'), seconds, file)),
  );
  const byStart = new Map<number, Interval[]>();
  for (const interval of threads.flat())
    byStart.set(interval.start, [...(byStart.get(interval.start) ?? []), interval]);
  return [...byStart.values()]
    .map((parts) => {
      const whole = parts.reduce((a, b) => added(a, b));
      return { ...whole, partial: parts.length < files.length || parts.some(({ partial }) => partial) };
    })
    .sort((a, b) => a.start - b.start);
}

/** Columns: 6 of 13 and 14, with 4 of lag under `-R` and one of skipped under `-L` too; 15 of 15 and later. */
const columnCounts = [6, 10, 11, 15];

/** The file of one thread. Its first interval is partial. A last line without its end is left out. */
export function parseAggregates(text: string, seconds: number, file: string): readonly Interval[] {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line, index) => {
      const columns = line.split(' ').map(Number);
      if (!columnCounts.includes(columns.length) || columns.some(Number.isNaN))
        throw new ConfigError(
          `${file}:${index + 1}`,
          'no line of an aggregated log',
          'give files of --aggregate-interval',
        );
      return intervalOf(columns, seconds, index === 0);
    });
}

function intervalOf(columns: readonly number[], seconds: number, first: boolean): Interval {
  const at = (index: number) => columns[index] ?? 0;
  const skipped = at(10);
  // Before 15 what was skipped was counted too.
  const transactions = columns.length === 15 ? at(1) : at(1) - skipped;
  const spread = (from: number): Spread => ({
    sum: at(from),
    sumOfSquares: at(from + 1),
    min: transactions === 0 ? Number.NaN : at(from + 2),
    max: transactions === 0 ? Number.NaN : at(from + 3),
  });
  return {
    start: at(0),
    seconds,
    transactions,
    latency: spread(2),
    ...(columns.length >= 10 ? { lag: spread(6) } : {}),
    skipped,
    retried: at(11),
    retries: at(12),
    serializationFailures: at(13),
    deadlockFailures: at(14),
    partial: first,
  };
}

function added(a: Interval, b: Interval): Interval {
  const lag = a.lag === undefined ? b.lag : b.lag === undefined ? a.lag : addedSpread(a.lag, b.lag);
  return {
    start: a.start,
    seconds: a.seconds,
    transactions: a.transactions + b.transactions,
    latency: addedSpread(a.latency, b.latency),
    ...(lag === undefined ? {} : { lag }),
    skipped: a.skipped + b.skipped,
    retried: a.retried + b.retried,
    retries: a.retries + b.retries,
    serializationFailures: a.serializationFailures + b.serializationFailures,
    deadlockFailures: a.deadlockFailures + b.deadlockFailures,
    partial: a.partial || b.partial,
  };
}

function addedSpread(a: Spread, b: Spread): Spread {
  // NaN, of none, gives way.
  const either = (choose: typeof Math.min, x: number, y: number) =>
    Number.isNaN(x) ? y : Number.isNaN(y) ? x : choose(x, y);
  return {
    sum: a.sum + b.sum,
    sumOfSquares: a.sumOfSquares + b.sumOfSquares,
    min: either(Math.min, a.min, b.min),
    max: either(Math.max, a.max, b.max),
  };
}
