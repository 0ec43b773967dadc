import type { K6Options, K6Result } from './model.ts';

export type { K6Ending, K6Log, K6Options, K6Progress, K6Result, K6Summary } from './model.ts';

/** Runs k6 to its end. Throws only what is wrong with the machine: a binary that cannot be started. */
export declare function runK6(options: K6Options): Promise<K6Result>;
