export type { CatalogFinding, FindingCheck, Severity } from './check.ts';
export { reviewDatabase } from './database.ts';
export { reviewDesign } from './design.ts';
export { type FindOptions, findIn } from './find.ts';
export { type CheckId, checkIds } from './ids.ts';
export { FindingsReport } from './model.ts';
export { renderFindingsSarif } from './report-sarif.ts';
export { renderFindings } from './report-terminal.ts';
