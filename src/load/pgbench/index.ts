export { type Interval, parseAggregates, readAggregates, type Spread } from './aggregate.ts';
export { type ScriptSet, type ScriptsOptions, scriptsOf } from './deck-scripts.ts';
export type { DeckTable } from './deck-table.ts';
export { ExactCounts } from './exact-counts.ts';
export {
  type InitProgress,
  type InitReport,
  type InitResult,
  initialize,
  parseInitProgress,
  parseInitReport,
} from './init.ts';
export { type LogEnd, type LogLines, type LogShape, logLines, type Outcome, outcomes } from './log-lines.ts';
export { type LogSummary, summariseLogs, type Tally } from './log-summary.ts';
export type { Connection, Holds, InitOptions, PgbenchOptions, Script } from './options.ts';
export { parseReport } from './parse-report.ts';
export type { Problem, ProblemCode } from './problem.ts';
export { type Progress, parseProgress } from './progress.ts';
export { writeRecording } from './record.ts';
export type { Failures, Latency, Report, ScriptReport, StatementReport } from './report.ts';
export { type AbortedRun, type CompleteRun, type PgbenchResult, type PgbenchRun, pgbench } from './run.ts';
export { type RunLogs, summariseRun } from './run-logs.ts';
