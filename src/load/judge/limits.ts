import type { Limits } from './model.ts';

/** The definitions of docs/load-judgement.md. */
export const defaultLimits: Limits = {
  runs: 3,
  seconds: 30,
  buckets: 0.99,
  variation: 0.3,
  bins: 30,
  headroom: 1.5,
  saturated: 0.9,
  beyond: 10,
};
