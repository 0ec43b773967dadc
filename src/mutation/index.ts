export { MutationReport } from './report.ts';
export { executeMutation, type MutationOptions, mutate } from './run.ts';
