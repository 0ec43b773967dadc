import type { Usl, UslPoint } from './model.ts';
import { throughputAt } from './usl.ts';

export interface UslFit {
  readonly law: Usl;
  /** ln(measured / fitted), by point. */
  readonly residuals: readonly number[];
  /** Of each point, 0 to 1: how much the fit follows it. */
  readonly leverages: readonly number[];
  /** Points less parameters that the points can tell. */
  readonly freedom: number;
}

type Parameter = 'lambda' | 'sigma' | 'kappa';
type Free = readonly Parameter[];

const rounds = 200;
const enough = 1e-12;

/**
 * The law of least Σ ln(X/X(N))², with λ > 0, 0 ≤ σ ≤ 1, κ ≥ 0, by Levenberg–Marquardt (Marquardt 1963; damping by the diagonal). Logarithms,
 * since what disturbs a throughput does so in proportion to it. κ is told by three different N, σ by two: with fewer they are 0.
 * `from`: where to begin, when it is known; else the best of a coarse grid. Throws RangeError without a point.
 */
export function fitUsl(points: readonly UslPoint[], from?: Usl): UslFit {
  if (points.length === 0) throw new RangeError('no points to fit');
  const distinct = new Set(points.map(({ n }) => n)).size;
  const told: Free =
    distinct >= 3 ? ['lambda', 'sigma', 'kappa'] : distinct === 2 ? ['lambda', 'sigma'] : ['lambda'];
  let law = from ?? firstGuess(points, told);
  let error = squares(points, law);
  let damping = 1e-3;
  for (let round = 0; round < rounds; round++) {
    const free = told.filter((name) => !held(points, law, name));
    const next = step(points, law, free, damping);
    const nextError = squares(points, next);
    if (nextError < error) {
      const gained = error - nextError;
      [law, error, damping] = [next, nextError, Math.max(damping / 10, 1e-12)];
      if (gained <= enough * (error + enough)) break;
    } else {
      damping *= 10;
      if (damping > 1e12) break;
    }
  }
  const inside = told.filter((name) => !held(points, law, name));
  return {
    law,
    residuals: points.map((point) => residual(point, law)),
    leverages: leveragesOf(points, law, inside),
    freedom: points.length - told.length,
  };
}

function residual({ n, x }: UslPoint, law: Usl): number {
  return Math.log(x / throughputAt(law, n));
}

function squares(points: readonly UslPoint[], law: Usl): number {
  return points.reduce((sum, point) => sum + residual(point, law) ** 2, 0);
}

const sigmas = [0, 0.003, 0.01, 0.03, 0.1, 0.3, 0.7, 1];
const kappas = [0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

function firstGuess(points: readonly UslPoint[], told: Free): Usl {
  let best: { law: Usl; error: number } | undefined;
  for (const sigma of told.includes('sigma') ? sigmas : [0]) {
    for (const kappa of told.includes('kappa') ? kappas : [0]) {
      const shape = { lambda: 1, sigma, kappa };
      // For a given shape the best λ is the geometric mean of what is left.
      const lambda = Math.exp(points.reduce((sum, point) => sum + residual(point, shape), 0) / points.length);
      const law = { lambda, sigma, kappa };
      const error = squares(points, law);
      if (best === undefined || error < best.error) best = { law, error };
    }
  }
  return best?.law ?? { lambda: 1, sigma: 0, kappa: 0 };
}

/** Derivative of ln X(N): by ln λ, since λ > 0, by σ, by κ. */
function slope(n: number, { sigma, kappa }: Usl, name: Parameter): number {
  const below = 1 + sigma * (n - 1) + kappa * n * (n - 1);
  if (name === 'lambda') return 1;
  return name === 'sigma' ? -(n - 1) / below : (-n * (n - 1)) / below;
}

/** At its bound, and pressed against it. */
function held(points: readonly UslPoint[], law: Usl, name: Parameter): boolean {
  if (name === 'lambda') return false;
  const downhill = points.reduce((sum, point) => sum + residual(point, law) * slope(point.n, law, name), 0);
  return (law[name] === 0 && downhill <= 0) || (name === 'sigma' && law.sigma === 1 && downhill >= 0);
}

function step(points: readonly UslPoint[], law: Usl, free: Free, damping: number): Usl {
  const matrix = normal(points, law, free).map((row, i) =>
    row.map((value, j) => (i === j ? value * (1 + damping) + 1e-300 : value)),
  );
  const side = free.map((name) =>
    points.reduce((sum, point) => sum + residual(point, law) * slope(point.n, law, name), 0),
  );
  const by = solve(matrix, side);
  const of = (name: Parameter) => by[free.indexOf(name)] ?? 0;
  return {
    lambda: law.lambda * Math.exp(Math.min(Math.max(of('lambda'), -5), 5)),
    sigma: Math.min(1, Math.max(0, law.sigma + of('sigma'))),
    kappa: Math.max(0, law.kappa + of('kappa')),
  };
}

function normal(points: readonly UslPoint[], law: Usl, free: Free): number[][] {
  return free.map((a) =>
    free.map((b) => points.reduce((sum, { n }) => sum + slope(n, law, a) * slope(n, law, b), 0)),
  );
}

function leveragesOf(points: readonly UslPoint[], law: Usl, free: Free): readonly number[] {
  const matrix = normal(points, law, free);
  return points.map(({ n }) => {
    const row = free.map((name) => slope(n, law, name));
    const solved = solve(matrix, row);
    const leverage = row.reduce((sum, value, at) => sum + value * (solved[at] ?? 0), 0);
    return Math.min(Math.max(leverage, 0), 0.999);
  });
}

/** Gaussian elimination with pivots, for three unknowns at most; what cannot be told comes out as 0. */
function solve(matrix: readonly (readonly number[])[], side: readonly number[]): readonly number[] {
  const rows = matrix.map((row, at) => [...row, side[at] ?? 0]);
  const size = rows.length;
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot] ?? [], rows[column] ?? []];
    const divisor = at(column, column);
    if (Math.abs(divisor) < 1e-300) continue;
    for (let row = column + 1; row < size; row++) {
      const factor = at(row, column) / divisor;
      rows[row] = (rows[row] ?? []).map((value, index) => value - factor * at(column, index));
    }
  }
  const found = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    const divisor = at(row, row);
    if (Math.abs(divisor) < 1e-300) continue;
    let rest = at(row, size);
    for (let column = row + 1; column < size; column++) rest -= at(row, column) * (found[column] ?? 0);
    found[row] = rest / divisor;
  }
  return found;
}
