/**
 * Scale by Qn: the k-th smallest of all |xᵢ − xⱼ|, times 2.2219 and a correction for few values, which makes it the standard deviation of a normal. Half of
 * the values may be anything, and it still uses 82 % of what normal values tell (the median absolute deviation: 37 %).
 * Source: P. J. Rousseeuw and C. Croux, Alternatives to the Median Absolute Deviation, JASA 88 (1993); corrections: C. Croux and P. J. Rousseeuw,
 * Time-Efficient Algorithms for Two Highly Robust Estimators of Scale, COMPSTAT (1992). 0 for fewer than two values.
 */
export function qn(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return 0;
  const apart: number[] = [];
  values.forEach((a, at) => {
    for (const b of values.slice(at + 1)) apart.push(Math.abs(a - b));
  });
  apart.sort((a, b) => a - b);
  const half = Math.floor(n / 2) + 1;
  const k = (half * (half - 1)) / 2;
  return 2.2219 * correction(n) * (apart[k - 1] ?? 0);
}

const few = [0.399, 0.994, 0.512, 0.844, 0.611, 0.857, 0.669, 0.872];

function correction(n: number): number {
  return few[n - 2] ?? (n % 2 === 1 ? n / (n + 1.4) : n / (n + 3.8));
}

/**
 * Cliff's delta of one value against many: the part of them that it exceeds less the part that exceed it, −1 to 1.
 * Source: N. Cliff, Dominance Statistics, Psychological Bulletin 114 (1993).
 */
export function cliffsDelta(value: number, others: readonly number[]): number {
  const sum = others.reduce((total, other) => total + Math.sign(value - other), 0);
  return others.length === 0 ? 0 : sum / others.length;
}
