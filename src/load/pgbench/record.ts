import { open } from 'node:fs/promises';
import { ConfigError } from '../../design/config-error.ts';
import {
  type RecordingBucket,
  type RecordingEnd,
  type RecordingHeader,
  recordingSchema,
} from '../recording/model.ts';
import { LogCursor } from './log-cursor.ts';
import type { PgbenchResult } from './run.ts';
import { logShapeOf, missingOf, transactionLogs } from './run-logs.ts';
import { SecondBucket, sharesOfScript } from './second-bucket.ts';

/**
 * Writes the run's log of transactions as a recording, in memory that does not grow with it: each transaction in the second in which it ended, under
 * the name of its script, and again as so many reads and writes as the script says that it holds. The log has no times of statements: theirs
 * is that of their transaction, from its scheduled start to its end. It has no time of what failed either, so histograms are of what was done. What `-L`
 * skipped was scheduled and never sent: dropped. Returns the end of the recording. Throws ConfigError for a run without such a log, or with a sample.
 */
export async function writeRecording(result: PgbenchResult, file: string): Promise<RecordingEnd> {
  if (result.options.log?.samplingRate !== undefined)
    throw new ConfigError('pgbench', 'a sample is no recording', 'leave log.samplingRate out');
  const shape = logShapeOf(result);
  const logs = transactionLogs(result);
  // Together no more than of one that is read alone, unless there are very many.
  const chunkBytes = Math.max(1 << 16, Math.floor((1 << 22) / Math.max(1, logs.length)));
  const cursors = await Promise.all(logs.map((log) => LogCursor.open(log, shape, chunkBytes)));
  const output = await open(file, 'w', 0o600).catch((error: unknown) => {
    throw fileProblem(error, file);
  });
  try {
    const started = startOf(cursors) ?? result.startedAt.getTime() * 1000;
    await output.appendFile(`${JSON.stringify(headerOf(result, started))}\n`);
    const all = await writeSeconds(result, cursors, started, async (bucket) => {
      await output.appendFile(`${bucket.map((line) => JSON.stringify(line)).join('\n')}\n`);
    });
    const end = endOf(result, cursors, all, started);
    await output.appendFile(`${JSON.stringify(end)}\n`);
    return end;
  } catch (error) {
    throw fileProblem(error, file);
  } finally {
    await Promise.all([output.close(), ...cursors.map((cursor) => cursor.close())]);
  }
}

function fileProblem(error: unknown, file: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ConfigError(file, 'no space left for the recording', 'free some space', { cause: error });
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR')
    return new ConfigError(file, `not writable: ${(error as Error).message}`, 'give another path', {
      cause: error,
    });
  return error;
}

function headerOf(result: PgbenchResult, started: number): RecordingHeader {
  const report = result.status === 'complete' ? result.report : result.partial;
  return {
    schema: recordingSchema,
    generator: report?.version === undefined ? 'pgbench' : `pgbench ${report.version}`,
    startedAt: new Date(started / 1000).toISOString(),
    model: result.options.rate === undefined ? 'closed' : 'open',
  };
}

/** Microseconds since the epoch, whole milliseconds: when the first of the transactions began that each thread ended first. */
function startOf(cursors: readonly LogCursor[]): number | undefined {
  const starts = cursors.flatMap((cursor) => (cursor.exhausted ? [] : [cursor.scheduled]));
  return starts.length === 0 ? undefined : Math.floor(Math.min(...starts) / 1000) * 1000;
}

interface Totals {
  readonly skipped: number;
  readonly done: number;
  readonly failed: number;
  /** Microseconds since the epoch; that of the start when there was nothing. */
  readonly lastEnd: number;
  readonly lastScheduled: number;
}

/** Goes through all logs at once, second by second: each is in the order of time. */
async function writeSeconds(
  { options, scripts }: PgbenchResult,
  cursors: readonly LogCursor[],
  started: number,
  write: (bucket: readonly RecordingBucket[]) => Promise<void>,
): Promise<Totals> {
  const given = options.scripts ?? [{ builtin: 'tpcb-like' as const }];
  const shares = given.map((script, index) => sharesOfScript(scripts[index] ?? '', script));
  const isOpen = options.rate !== undefined;
  const totals = { skipped: 0, done: 0, failed: 0, lastEnd: started, lastScheduled: started };
  for (;;) {
    const left = cursors.filter((cursor) => !cursor.exhausted);
    if (left.length === 0) return totals;
    const second = Math.max(0, Math.floor((Math.min(...left.map(({ ended }) => ended)) - started) / 1e6));
    const bucket = new SecondBucket(isOpen);
    const until = started + (second + 1) * 1e6;
    for (const cursor of left) {
      while (!cursor.exhausted && cursor.ended < until) {
        const { ended, outcome, scheduled } = cursor;
        if (ended > totals.lastEnd) totals.lastEnd = ended;
        if (scheduled > totals.lastScheduled) totals.lastScheduled = scheduled;
        if (outcome === 'done') totals.done++;
        else if (outcome === 'skipped') totals.skipped++;
        else totals.failed++;
        bucket.add(cursor.lines, cursor.at, outcome, shares[cursor.script] ?? []);
        if (cursor.step()) continue;
        await cursor.refill();
      }
    }
    const lines = bucket.lines(second);
    if (lines.length > 0) await write(lines);
  }
}

function endOf(
  result: PgbenchResult,
  cursors: readonly LogCursor[],
  totals: Totals,
  started: number,
): RecordingEnd {
  const { options } = result;
  const ran = (totals.lastEnd - started) / 1e6;
  const complete = result.status === 'complete';
  const seconds = complete ? Math.max(ran, options.seconds ?? 0) : ran;
  const dropped = totals.skipped + backlogOf(result, totals, started);
  const read = cursors.reduce((sum, { end }) => sum + (end?.lines ?? 0) - (end?.malformed ?? 0), 0);
  const missing = missingOf(result, read) ?? 0;
  const reason = complete
    ? missing === 0
      ? undefined
      : `the log lacks ${missing} transactions that the report has`
    : result.problem.message;
  return {
    end: {
      seconds,
      ...(options.rate === undefined ? {} : { scheduled: totals.done + totals.failed + dropped }),
      dropped,
      complete: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
    },
  };
}

/**
 * What the clock had asked for and nobody had sent when the time was up: pgbench says nothing of it. Estimated by the rate, over the
 * time from the last scheduled start that the log has to the end; none where that is no more than what the clients may have had in hand, and chance.
 */
function backlogOf(
  { options, status }: PgbenchResult,
  { lastEnd, lastScheduled }: Totals,
  started: number,
): number {
  const { rate, seconds, clients = options.processes ?? 1 } = options;
  if (rate === undefined || seconds === undefined || status !== 'complete') return 0;
  const until = Math.min(lastEnd, started + seconds * 1e6);
  const expected = (rate * (until - lastScheduled)) / 1e6;
  // Of an exponential wait, the chance to see none where ten are expected is 1 in 20,000.
  return expected > clients + 10 ? Math.round(expected) - clients : 0;
}
