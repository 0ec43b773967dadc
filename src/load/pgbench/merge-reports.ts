import { pooled } from './pooled.ts';
import type { Failures, Latency, Report, ScriptReport, StatementReport } from './report.ts';

/**
 * The report of processes that ran the same side by side: counts are added, averages weighted by transactions, standard deviations
 * pooled. The rate is all that was done over the longest of the spans (count ÷ tps of each), so that one that ended early adds no more than it did.
 */
export function mergeReports(reports: readonly [Report, ...Report[]]): Report {
  const [first] = reports;
  if (reports.length === 1) return first;
  const { latency: _, late: __, lag: ___, tpsWithConnecting: ____, ...same } = first;
  const latency = mergeLatency(reports);
  const lags = reports.flatMap(({ transactions, lag }) =>
    lag === undefined ? [] : [{ transactions, ...lag }],
  );
  const ratesWithConnecting = reports.map((report) => report.tpsWithConnecting);
  return {
    ...same,
    clients: total(reports.map((report) => report.clients)),
    threads: total(reports.map((report) => report.threads)),
    transactions: total(reports.map((report) => report.transactions)),
    ...mergeFailures(reports),
    ...(first.late === undefined
      ? {}
      : { late: { ...first.late, count: total(reports.map(({ late }) => late?.count ?? 0)) } }),
    ...(latency === undefined ? {} : { latency }),
    ...(lags.length === 0
      ? {}
      : {
          lag: {
            averageMs: weighted(lags.map((lag) => [lag.transactions, lag.averageMs])),
            maxMs: Math.max(...lags.map((lag) => lag.maxMs)),
          },
        }),
    ...(first.connectionMs === undefined
      ? {}
      : { connectionMs: Math.max(...reports.map(({ connectionMs = 0 }) => connectionMs)) }),
    tps: rate(reports.map(({ transactions, tps }) => [transactions, tps])),
    ...(ratesWithConnecting.includes(undefined)
      ? {}
      : {
          tpsWithConnecting: rate(reports.map((report) => [report.transactions, report.tpsWithConnecting])),
        }),
    scripts: first.scripts.map((_, index) =>
      mergeScripts(reports.flatMap(({ scripts }) => scripts[index] ?? [])),
    ),
    unknown: reports.flatMap(({ unknown }) => unknown),
  };
}

function mergeScripts(scripts: readonly ScriptReport[]): ScriptReport {
  const [first] = scripts;
  if (first === undefined) throw new Error('no section of a script');
  const latency = mergeLatency(scripts);
  const { latency: _, ...same } = first;
  return {
    ...same,
    transactions: total(scripts.map((script) => script.transactions)),
    // Sections of scripts say their share of the run's own span: rates add up.
    tps: total(scripts.map((script) => script.tps)),
    ...mergeFailures(scripts),
    ...(latency === undefined ? {} : { latency }),
    statements: first.statements.map((statement, at) => ({
      ...statement,
      averageMs: weighted(
        scripts.map(({ transactions, statements }) => [
          transactions,
          statements[at]?.averageMs ?? Number.NaN,
        ]),
      ),
      ...mergeStatementCounts(scripts.flatMap(({ statements }) => statements[at] ?? [])),
    })),
  };
}

function mergeStatementCounts(
  statements: readonly StatementReport[],
): Pick<StatementReport, 'failures' | 'retries'> {
  const [first] = statements;
  return {
    ...(first?.failures === undefined
      ? {}
      : { failures: total(statements.map(({ failures = 0 }) => failures)) }),
    ...(first?.retries === undefined ? {} : { retries: total(statements.map(({ retries = 0 }) => retries)) }),
  };
}

function mergeLatency(
  parts: readonly { readonly transactions: number; readonly latency?: Latency }[],
): Latency | undefined {
  const some = parts.flatMap(({ transactions, latency }) =>
    latency === undefined ? [] : [{ transactions, ...latency }],
  );
  if (some.length === 0) return undefined;
  const { mean, stddev } = pooled(
    some.map(({ transactions: count, averageMs, stddevMs = Number.NaN }) => ({
      count,
      mean: averageMs,
      stddev: stddevMs,
    })),
  );
  return {
    averageMs: mean,
    ...(Number.isNaN(stddev) ? {} : { stddevMs: stddev }),
    includesFailures: some.some(({ includesFailures }) => includesFailures),
  };
}

function mergeFailures(parts: readonly Failures[]): Failures {
  const keys = [
    'failed',
    'serializationFailures',
    'deadlockFailures',
    'retried',
    'retries',
    'skipped',
  ] as const;
  return Object.fromEntries(
    keys.flatMap((key) => {
      const values = parts.flatMap((part) => part[key] ?? []);
      return values.length === 0 ? [] : [[key, total(values)]];
    }),
  );
}

function rate(parts: readonly (readonly [count: number, tps: number | undefined])[]): number {
  const spans = parts.flatMap(([count, tps = Number.NaN]) => (count > 0 && tps > 0 ? [count / tps] : []));
  return spans.length === 0 ? Number.NaN : total(parts.map(([count]) => count)) / Math.max(...spans);
}

function weighted(parts: readonly (readonly [count: number, value: number])[]): number {
  return pooled(parts.map(([count, mean]) => ({ count, mean, stddev: 0 }))).mean;
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
