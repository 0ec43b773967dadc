export { fillAtScale, type ScaleFilled, type ScaleFillOptions } from './fill-at-scale.ts';
export { ledgerSchema } from './ledger.ts';
export type { OnScaleProgress, ScaleProgress } from './progress.ts';
