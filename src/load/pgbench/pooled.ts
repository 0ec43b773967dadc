export interface Moments {
  readonly count: number;
  readonly mean: number;
  /** Of the population, as pgbench computes it. */
  readonly stddev: number;
}

/**
 * Mean and standard deviation of several groups taken as one: the mean of the squares is Σ nᵢ(σᵢ² + μᵢ²) ÷ n. Groups of nothing
 * are left out; NaN when all are.
 */
export function pooled(groups: readonly Moments[]): Moments {
  const some = groups.filter(({ count }) => count > 0);
  const count = some.reduce((total, group) => total + group.count, 0);
  const mean = some.reduce((total, group) => total + group.count * group.mean, 0) / count;
  const squares = some.reduce(
    (total, group) => total + group.count * (group.stddev ** 2 + group.mean ** 2),
    0,
  );
  return { count, mean, stddev: Math.sqrt(Math.max(0, squares / count - mean ** 2)) };
}
