export {
  type ClaimStanding,
  type ComparedRun,
  compareRuns,
  type FigureChange,
  isWorse,
  type RunComparison,
  type ValueChange,
  type VerdictChange,
} from './compare-runs.ts';
export { fingerprintOf, type MachineFacts } from './fingerprint.ts';
export { type FigureJudgement, judgeFigure, type SeriesLimits, usualLimits } from './judge-figure.ts';
export {
  type JudgeSeriesOptions,
  judgeSeries,
  type RunFigure,
  type SeriesJudgement,
} from './judge-series.ts';
export { differences, Figure, SeriesEntry, seriesSchema } from './model.ts';
export { appendToSeries, readSeries, type Series, seriesFile } from './store.ts';
