import { ExactCounts } from './exact-counts.ts';
import { type LogShape, logLines, outcomes } from './log-lines.ts';

/** What came of some transactions. Times are whole microseconds, exact: each is counted as it stands in the log. */
export interface Tally {
  /** Done. */
  readonly transactions: number;
  /** Given up after a serialization failure or a deadlock; the log has no time of them. */
  readonly failed: number;
  /** Of those, where the run had `detailedFailures`. */
  readonly serializationFailures: number;
  readonly deadlockFailures: number;
  /** `-R` with `-L`: late already, so never sent. They count as failed for whoever asks whether the rate was held. */
  readonly skipped: number;
  readonly retried: number;
  readonly retries: number;
  /** From the scheduled start under `-R`, else from the start, to the end. */
  readonly latency: ExactCounts;
}

export interface LogSummary extends Tally {
  /** From the start itself: latency without lag. */
  readonly service: ExactCounts;
  /** Of what was done. All 0 without `-R`. */
  readonly lag: ExactCounts;
  /** By the number of the script. */
  readonly scripts: readonly Tally[];
  /** When the first and the last ended, microseconds since the epoch; NaN of an empty log. */
  readonly firstEnd: number;
  readonly lastEnd: number;
  readonly lines: number;
  readonly malformed: number;
  /** `file:line` of the first line of each file that is none of pgbench's. */
  readonly malformedAt: readonly string[];
  /** Files that end within a line. */
  readonly cut: readonly string[];
}

type Draft = { -readonly [K in keyof Tally]: Tally[K] };

/**
 * Exact percentiles of logs of any length (`-l`, also a sample of them): one pass, memory by the span of latencies and not by
 * the length (see ExactCounts). Files are those of all threads and processes of a run.
 */
export async function summariseLogs(files: readonly string[], shape: LogShape): Promise<LogSummary> {
  const scripts: Draft[] = [];
  const [service, lag] = [new ExactCounts(), new ExactCounts()];
  let [firstEnd, lastEnd, lines, malformed] = [Infinity, -Infinity, 0, 0];
  const malformedAt: string[] = [];
  const cut: string[] = [];
  for (const file of files) {
    const reader = logLines(file, shape);
    let next = await reader.next();
    for (; next.done !== true; next = await reader.next()) {
      const batch = next.value;
      for (let at = 0; at < batch.count; at++) {
        const number = batch.script[at] as number;
        let script = scripts[number];
        if (script === undefined) {
          while (scripts.length <= number) scripts.push(emptyTally());
          script = scripts[number] as Draft;
        }
        const ended = batch.ended[at] as number;
        if (ended < firstEnd) firstEnd = ended;
        if (ended > lastEnd) lastEnd = ended;
        const retries = batch.retries[at] as number;
        if (retries > 0) {
          script.retried++;
          script.retries += retries;
        }
        const outcome = batch.outcome[at] as number;
        if (outcome === 0) {
          const latency = batch.latency[at] as number;
          const late = batch.lag[at] as number;
          script.transactions++;
          script.latency.add(latency);
          if (shape.lag) {
            service.add(Math.max(0, latency - late));
            lag.add(late);
          }
        } else count(script, outcome);
      }
    }
    const end = next.value;
    lines += end.lines;
    malformed += end.malformed;
    if (end.firstMalformed !== undefined) malformedAt.push(`${file}:${end.firstMalformed}`);
    if (end.cut) cut.push(file);
  }
  const whole = emptyTally();
  for (const script of scripts) addTally(whole, script);
  if (!shape.lag) service.addAll(whole.latency);
  if (firstEnd > lastEnd) [firstEnd, lastEnd] = [Number.NaN, Number.NaN];
  return { ...whole, service, lag, scripts, firstEnd, lastEnd, lines, malformed, malformedAt, cut };
}

function count(tally: Draft, outcome: number): void {
  const name = outcomes[outcome];
  if (name === 'skipped') {
    tally.skipped++;
    return;
  }
  tally.failed++;
  if (name === 'serialization') tally.serializationFailures++;
  if (name === 'deadlock') tally.deadlockFailures++;
}

function emptyTally(): Draft {
  return {
    transactions: 0,
    failed: 0,
    serializationFailures: 0,
    deadlockFailures: 0,
    skipped: 0,
    retried: 0,
    retries: 0,
    latency: new ExactCounts(),
  };
}

function addTally(to: Draft, from: Tally): void {
  to.transactions += from.transactions;
  to.failed += from.failed;
  to.serializationFailures += from.serializationFailures;
  to.deadlockFailures += from.deadlockFailures;
  to.skipped += from.skipped;
  to.retried += from.retried;
  to.retries += from.retries;
  to.latency.addAll(from.latency);
}
