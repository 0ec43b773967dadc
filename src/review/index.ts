export { readDocument } from './input.ts';
export { Review } from './model.ts';
export { renderJson } from './report-json.ts';
export { renderSarif } from './report-sarif.ts';
export { renderTerminal } from './report-terminal.ts';
export { type ReviewOptions, review } from './review.ts';
