import { Histogram } from '../recording/histogram.ts';
import type { Measured, StatementTotals } from '../recording/measured.ts';
import type { BoundFigures, LatencyBound, LatencyFigures } from './model.ts';

const kinds = ['read', 'write', 'transaction'] as const;

/** Microseconds to milliseconds. */
const milli = (microseconds: number) => microseconds / 1000;

/** All of a kind, or one statement or transaction by name, of several runs together. */
export function together(runs: readonly Measured[], of: string, which: 'latency' | 'service'): Histogram {
  const sum = new Histogram();
  for (const statement of runs.flatMap(({ statements }) => statements)) {
    if (belongs(statement, of)) sum.add(statement[which]);
  }
  return sum;
}

function belongs({ statement, kind }: StatementTotals, of: string): boolean {
  return kinds.some((name) => name === of) ? kind === of : kind !== 'control' && statement === of;
}

export function latencyFigures(
  runs: readonly Measured[],
  which: 'latency' | 'service',
): readonly LatencyFigures[] {
  const names = new Set(runs.flatMap(({ statements }) => statements.map(({ statement }) => statement)));
  return [...kinds, ...[...names].sort()].flatMap((of) => {
    const all = together(runs, of, which);
    return all.count === 0 ? [] : [figuresOf(of, all)];
  });
}

function figuresOf(of: string, all: Histogram): LatencyFigures {
  const at = (percentile: number) => milli(all.percentile(percentile));
  const [p50, p90, p95, p99, p999] = [at(50), at(90), at(95), at(99), at(99.9)];
  return { of, count: all.count, p50, p90, p95, p99, p999, max: milli(all.max) };
}

/** Undefined where too few answers lie beyond the percentile for it to mean something. */
export function boundFigures(runs: readonly Measured[], bound: LatencyBound, beyond: number): BoundFigures {
  const at = (all: Histogram) =>
    all.count === 0 || (bound.percentile < 100 && all.count * (1 - bound.percentile / 100) < beyond)
      ? undefined
      : milli(all.percentile(bound.percentile));
  return {
    ...bound,
    actual: runs.map((run) => at(together([run], bound.of, 'latency'))),
    together: at(together(runs, bound.of, 'latency')),
  };
}
