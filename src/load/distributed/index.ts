export { type MergeReport, mergeReport } from './merge-report.ts';
export type { ManifestInput } from './model.ts';
export { type Segment, segmentsOf } from './segments.ts';
export { parseThreshold, type Threshold } from './thresholds.ts';
export { type ManifestFiles, writeManifest } from './write-manifest.ts';
