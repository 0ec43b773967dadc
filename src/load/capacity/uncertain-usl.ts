import { fitUsl, type UslFit } from './fit-usl.ts';
import { expandedInterval } from './interval.ts';
import type { Estimate, Usl, UslPoint } from './model.ts';
import { drawFrom, randomOf } from './random.ts';
import { throughputAt } from './usl.ts';

export interface UncertainUsl extends UslFit {
  readonly points: readonly UslPoint[];
  readonly lambda: Estimate;
  readonly sigma: Estimate;
  readonly kappa: Estimate;
  /** Fits of points drawn anew: whatever is computed of each scatters as the points let it. */
  readonly resampled: readonly Usl[];
}

export interface BootstrapOptions {
  readonly resamples?: number;
  readonly seed?: number;
}

/**
 * A fit with intervals, by drawing residuals: each is widened by 1/√(1 − leverage), as the fit has already bent towards its point, and
 * centred. Source: A. C. Davison and D. V. Hinkley, Bootstrap Methods and their Application (1997), section 6.2.
 */
export function fitUncertainUsl(
  points: readonly UslPoint[],
  { resamples = 999, seed = 1 }: BootstrapOptions = {},
): UncertainUsl {
  const fit = fitUsl(points);
  const widened = fit.residuals.map((value, at) => value / Math.sqrt(1 - (fit.leverages[at] ?? 0)));
  const mean = widened.reduce((sum, value) => sum + value, 0) / widened.length;
  const noise = widened.map((value) => value - mean);
  const random = randomOf(seed);
  const resampled = Array.from({ length: fit.freedom < 1 ? 0 : resamples }, () => {
    const drawn = points.map(({ n }) => ({
      n,
      x: throughputAt(fit.law, n) * Math.exp(drawFrom(noise, random)),
    }));
    return fitUsl(drawn, fit.law).law;
  });
  return {
    ...fit,
    points,
    lambda: estimate(fit, resampled, (law) => law.lambda),
    sigma: estimate(fit, resampled, (law) => law.sigma),
    kappa: estimate(fit, resampled, (law) => law.kappa),
    resampled,
  };
}

/** Whatever follows from a law, with its interval. Infinity is a value: no number is enough. */
export function estimate(
  fit: Pick<UslFit, 'law' | 'freedom'>,
  resampled: readonly Usl[],
  of: (law: Usl) => number,
): Estimate {
  const value = of(fit.law);
  const interval = expandedInterval(resampled.map(of), fit.freedom);
  return interval === undefined ? { value } : { value, interval };
}
