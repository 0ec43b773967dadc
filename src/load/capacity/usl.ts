import type { Usl } from './model.ts';

/**
 * X(N) = λN / (1 + σ(N−1) + κN(N−1)), in statements a second.
 * Source: N. J. Gunther, Guerrilla Capacity Planning (2007), chapter 4, with λ as X(1).
 */
export function throughputAt({ lambda, sigma, kappa }: Usl, n: number): number {
  return (lambda * n) / (1 + sigma * (n - 1) + kappa * n * (n - 1));
}

/** Where throughput is highest: N* = √((1−σ)/κ), and how high. N is Infinity when there is no peak. */
export function peakOf(law: Usl): { readonly n: number; readonly x: number } {
  const { lambda, sigma, kappa } = law;
  if (kappa > 0) {
    // Below one there is nothing to run.
    const n = Math.max(1, Math.sqrt(1 - sigma) / Math.sqrt(kappa));
    // At N* κN² is 1 − σ: written so, it does not overflow for a κ that is next to nothing.
    const x = n === 1 ? lambda : (lambda * n) / (2 * (1 - sigma) + (sigma - kappa) * n);
    return { n, x };
  }
  return { n: Number.POSITIVE_INFINITY, x: sigma > 0 ? lambda / sigma : Number.POSITIVE_INFINITY };
}

/**
 * The smallest N, not whole, with X(N) ≥ `x`: the lower root of κxN² + (σx − κx − λ)N + x(1 − σ) = 0.
 * Undefined when no N is enough.
 */
export function neededFor(law: Usl, x: number): number | undefined {
  if (x <= 0) return 0;
  const { lambda, sigma, kappa } = law;
  const [a, b, c] = [kappa * x, sigma * x - kappa * x - lambda, x * (1 - sigma)];
  const discriminant = b * b - 4 * a * c;
  if (b >= 0 || discriminant < 0) return undefined;
  // As 2c/(−b + √…), which holds for a = 0 too and loses no digits for a small one.
  return (2 * c) / (-b + Math.sqrt(discriminant));
}
