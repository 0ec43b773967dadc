import type { Interval } from './model.ts';

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** 0 of nothing. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

/** 0 of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2;
}

/** Of a sample: divided by n − 1. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - middle) ** 2)) / (values.length - 1));
}

/** Standard deviation of a whole ÷ mean. 0 where all are 0. */
export function variation(values: readonly number[]): number {
  const middle = mean(values);
  if (middle === 0) return 0;
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2))) / middle;
}

/** Means of so many bins of nearly the same length, in order; fewer when there are not that many values. */
export function bins(values: readonly number[], count: number): readonly number[] {
  const made = Math.min(count, values.length);
  const edge = (n: number) => Math.round((n * values.length) / made);
  return Array.from({ length: made }, (_, n) => mean(values.slice(edge(n), edge(n + 1))));
}

/** 97.5 % quantiles of Student's t by degrees of freedom from 1. */
const quantiles = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const;

/**
 * 95 % interval of the mean of few runs: mean ± t(0.975, n − 1) · s / √n. Georges, Buytaert, Eeckhout: Statistically Rigorous Java
 * Performance Evaluation, OOPSLA 2007, section 3.2.2. Undefined for fewer than two.
 */
export function interval95(values: readonly number[]): Interval | undefined {
  if (values.length < 2) return undefined;
  const middle = mean(values);
  const quantile = quantiles[values.length - 2] ?? 1.96;
  const half = (quantile * deviation(values)) / Math.sqrt(values.length);
  return { from: middle - half, to: middle + half };
}
