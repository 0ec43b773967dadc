export type * from './model.ts';
export { usageOf } from './of-cluster.ts';
export { sampleUsage } from './sample.ts';
export type * from './watch.ts';
