import type { Measured, StatementTotals } from '../recording/measured.ts';
import { interruptedClass, type StatementKind } from '../recording/model.ts';
import type { Limits, LoadTarget, MeasuredRun, RateFigures, Rates, RunFigures, RunRate } from './model.ts';
import { bins, interval95, mean, median, variation } from './statistics.ts';

const million = 1_000_000;

/** Runs of the clock: transactions that were asked for, and what became of them. Undefined where the recording has none. */
export interface Transactions {
  readonly answered: number;
  /** With an error. What was under way when the clock stopped has neither failed nor been answered. */
  readonly failed: number;
  /** Seconds of the whole recording. */
  readonly seconds: number;
  readonly scheduled: number | undefined;
}

export function transactionsOf({ statements, end }: Measured): Transactions | undefined {
  const kinds = statements.filter(({ kind }) => kind === 'transaction');
  if (kinds.length === 0 || end === undefined || end.seconds === 0) return undefined;
  return {
    answered: kinds.reduce((sum, { answered }) => sum + answered, 0),
    failed: kinds
      .flatMap(({ errors }) => Object.entries(errors))
      .reduce((sum, [name, count]) => sum + (name === interruptedClass ? 0 : count), 0),
    seconds: end.seconds,
    scheduled: end.scheduled,
  };
}

/**
 * What the clock asked for: scheduled transactions, with as many statements each as those that were answered had, or, where none was, as
 * those that failed or were broken off.
 */
export function offered(measured: Measured): Rates | undefined {
  const transactions = transactionsOf(measured);
  if (transactions?.scheduled === undefined) return undefined;
  const perSecond = transactions.scheduled / transactions.seconds;
  const counted = transactions.answered > 0 ? (each: StatementTotals) => each.answered : notAnswered;
  const sumOf = (kind: StatementKind) =>
    measured.statements
      .filter((statement) => statement.kind === kind)
      .reduce((sum, statement) => sum + counted(statement), 0);
  const all = sumOf('transaction');
  if (all === 0) return undefined;
  return { read: (perSecond * sumOf('read')) / all, write: (perSecond * sumOf('write')) / all };
}

const notAnswered = ({ errors }: StatementTotals) =>
  Object.values(errors).reduce((sum, count) => sum + count, 0);

export function runFigures({ measured }: MeasuredRun, target: LoadTarget, limits: Limits): RunFigures {
  const { header, seconds, end } = measured;
  const of = (kind: 'read' | 'write') =>
    runRate(
      seconds.map((second) => second[kind]),
      target[kind],
      limits,
    );
  return {
    startedAt: header.startedAt,
    generator: header.generator,
    seconds: seconds.length,
    offered: offered(measured),
    read: of('read'),
    write: of('write'),
    dropped: end?.dropped ?? 0,
    complete: end?.complete === true,
    concurrency: concurrency(measured),
  };
}

function runRate(counts: readonly number[], target: number, limits: Limits): RunRate {
  const inBins = (values: readonly number[]) => variation(bins(values, limits.bins));
  return {
    mean: mean(counts),
    leastSecond: counts.length === 0 ? 0 : Math.min(...counts),
    reached: counts.length === 0 ? 0 : counts.filter((count) => count >= target).length / counts.length,
    // What is caught up after a stall would otherwise count as unsteady where it helps, and slower would look steadier.
    variation: inBins(target > 0 ? counts.map((count) => Math.min(count, target)) : counts),
    rawVariation: inBins(counts),
  };
}

/** Little's law: the mean number under way is the rate times the mean time of each. */
export function concurrency({ statements, seconds }: Measured): number {
  if (seconds.length === 0) return 0;
  const transactions = statements.filter(({ kind }) => kind === 'transaction');
  const counted = transactions.length > 0 ? transactions : statements;
  const microseconds = counted.reduce((sum, { service }) => sum + service.count * service.mean, 0);
  return microseconds / million / seconds.length;
}

/** The target is held by one run when its mean reaches it, and nearly every second. */
export function reaches(rate: RunRate, target: number, limits: Limits): boolean {
  return rate.mean >= target && rate.reached >= limits.buckets;
}

export function rateFigures(
  kind: 'read' | 'write',
  target: number,
  runs: readonly RunFigures[],
): RateFigures {
  const rates = runs.map((run) => run[kind]);
  const means = rates.map((rate) => rate.mean);
  const asked = runs.flatMap((run) => run.offered?.[kind] ?? []);
  const seconds = runs.reduce((sum, run) => sum + run.seconds, 0);
  const reached = runs.reduce((sum, run) => sum + run[kind].reached * run.seconds, 0);
  return {
    target,
    offered: asked.length < runs.length || runs.length === 0 ? undefined : mean(asked),
    median: median(means),
    mean: mean(means),
    interval: interval95(means),
    leastSecond: rates.length === 0 ? 0 : Math.min(...rates.map((rate) => rate.leastSecond)),
    reached: seconds === 0 ? 0 : reached / seconds,
    variation: Math.max(0, ...rates.map((rate) => rate.variation)),
  };
}
