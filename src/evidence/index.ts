export { canonical, readable, sha256 } from './canonical.ts';
export { EvidenceError } from './errors.ts';
export { type DerivedFile, evidenceFile, isRunId, manifestFile, planFile } from './files.ts';
export { Manifest, manifestSchema } from './manifest.ts';
export type { AccessMatrix, MatrixCell, MatrixRow } from './matrix.ts';
export * from './model.ts';
export { listRuns, type RunListing, readRun } from './reader.ts';
export { Summary, SummaryClaim, summarySchema } from './summary.ts';
export * from './timeline.ts';
export { summaryOf, toSummary } from './to-summary.ts';
export * from './verdict.ts';
export { type Problem, type Verification, type VerifyOptions, verifyRun } from './verify.ts';
export {
  byStanding,
  type ClaimView,
  type Counts,
  exitCodeOf,
  type RunView,
  type Standing,
  type Stored,
  standings,
  type TrialView,
  viewRun,
} from './view.ts';
export { createRun, type FinishedRun, type RunWriter, type WriterOptions } from './writer.ts';
