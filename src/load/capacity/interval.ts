import { quantileSorted } from 'simple-statistics';

/** Student's t at 97.5 %, by degrees of freedom from 1. */
const studentT = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

/** 97.5 % of Student's t; beyond 30 degrees of freedom by its approach to the normal's 1.96. */
export function student975(freedom: number): number {
  return studentT[Math.floor(freedom) - 1] ?? 1.96 + 2.4 / freedom;
}

/** P(Z > z) of the standard normal, z ≥ 0: Abramowitz and Stegun 26.2.17. */
export function normalTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const polynomial =
    t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return (Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
}

/**
 * The 95 % interval of bootstrap values by expanded percentiles: those at Φ(−t) and 1 − Φ(−t), t from Student with the given degrees of
 * freedom, because plain percentiles are too narrow for few points. Source: T. Hesterberg, What Teachers Should Know about the Bootstrap,
 * The American Statistician 69 (2015). Undefined without freedom: then nothing tells how far values scatter.
 */
export function expandedInterval(
  values: readonly number[],
  freedom: number,
): readonly [low: number, high: number] | undefined {
  if (freedom < 1 || values.length === 0) return undefined;
  // Infinity is a value, and Infinity − Infinity would not order.
  const sorted = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const tail = normalTail(student975(freedom));
  return [quantileSorted(sorted, tail), quantileSorted(sorted, 1 - tail)];
}
