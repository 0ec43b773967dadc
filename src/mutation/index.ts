export { MutationReport } from './report.ts';
export { executeMutation, type MutationOptions } from './run.ts';
