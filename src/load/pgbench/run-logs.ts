import { ConfigError } from '../../design/config-error.ts';
import type { LogShape } from './log-lines.ts';
import { type LogSummary, summariseLogs } from './log-summary.ts';
import type { PgbenchResult } from './run.ts';

/** Columns of the log of a run by its options. */
export function logShapeOf({ options, ...run }: PgbenchResult): LogShape {
  const report = run.status === 'complete' ? run.report : run.partial;
  const { rate, maxTries = 1 } = options;
  // 14 and before have no retries, and did not know the option.
  return { lag: rate !== undefined, retries: maxTries !== 1 && report?.version?.startsWith('14') !== true };
}

export interface RunLogs extends LogSummary {
  /**
   * Transactions that the report has and the log has not: of a disk that was full, of which pgbench says nothing. Undefined
   * where it cannot be told: of a sample, and of a run that was aborted.
   */
  readonly missing: number | undefined;
}

/** Exact percentiles of a run with `log`. Throws ConfigError for one that has none or an aggregated one. */
export async function summariseRun(result: PgbenchResult): Promise<RunLogs> {
  const summary = await summariseLogs(transactionLogs(result), logShapeOf(result));
  return { ...summary, missing: missingOf(result, summary.lines - summary.malformed) };
}

export function transactionLogs({ options, logs }: PgbenchResult): readonly string[] {
  if (options.log === undefined || options.log.aggregateSeconds !== undefined)
    throw new ConfigError(
      'pgbench',
      'the run has no log of its transactions',
      'give log, without aggregateSeconds',
    );
  return logs;
}

export function missingOf(result: PgbenchResult, lines: number): number | undefined {
  if (result.status !== 'complete' || result.options.log?.samplingRate !== undefined) return undefined;
  const { transactions, failed = 0, skipped = 0 } = result.report;
  return transactions + failed + skipped - lines;
}
