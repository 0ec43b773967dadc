export { examine, type WhyInput, type WhyOptions } from './examine.ts';
export * from './model.ts';
export { type PlayOptions, play } from './play.ts';
export type { PoolerWays } from './pooler.ts';
export { renderWhy, type WhyLook } from './render.ts';
export { between, type LoadCounters, type StatementCounters, statementCounters } from './statements.ts';
export { type UpdateCounts, updateCounts } from './upkeep.ts';
