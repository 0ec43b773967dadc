import type { Measured } from '../recording/measured.ts';
import { latencyOf, type Threshold, type ThresholdResult, thresholdFigure } from './thresholds.ts';

/** Counts of one recording, or of all together. */
export interface Counts {
  readonly name: string;
  readonly seconds: number | undefined;
  readonly reads: number;
  readonly writes: number;
  readonly errors: number;
  readonly wrong: number;
  /** Undefined: the recording was cut off. */
  readonly dropped: number | undefined;
}

export interface MergeReport {
  readonly parts: readonly Counts[];
  readonly whole: Counts;
  /** Milliseconds, of the merged histograms, from the scheduled start. */
  readonly latency: readonly {
    readonly kind: 'read' | 'write';
    readonly p50: number;
    readonly p99: number;
    readonly p999: number;
    readonly max: number;
  }[];
  readonly thresholds: readonly ThresholdResult[];
  /** Why the whole must not be judged: parts are missing, were cut off, or are not what they add up to. */
  readonly problems: readonly string[];
}

/**
 * What parts come to together. Thresholds are judged over the whole: each generator's own speak of its part alone, and percentiles cannot be averaged.
 * `wanted`: how many parts there must be.
 */
export function mergeReport(
  parts: readonly { readonly name: string; readonly measured: Measured }[],
  whole: Measured,
  thresholds: readonly Threshold[],
  wanted?: number,
): MergeReport {
  const counts = parts.map(({ name, measured }) => countsOf(name, measured));
  const all = countsOf('whole', whole);
  const problems = [
    ...(wanted !== undefined && wanted !== parts.length
      ? [`${parts.length} recordings of ${wanted} parts: what is missing was asked of nobody`]
      : []),
    ...parts.flatMap(({ name, measured: { end } }) =>
      end === undefined
        ? [`${name} was cut off`]
        : end.complete
          ? []
          : [`${name} did not end: ${end.reason ?? 'no reason'}`],
    ),
    ...(['reads', 'writes', 'errors', 'wrong'] as const).flatMap((name) => {
      const sum = counts.reduce((total, each) => total + each[name], 0);
      return sum === all[name] ? [] : [`${name}: the parts have ${sum}, the whole ${all[name]}`];
    }),
  ];
  return {
    parts: counts,
    whole: all,
    latency: (['read', 'write'] as const).flatMap((kind) => {
      const merged = latencyOf(whole, kind);
      if (merged.count === 0) return [];
      const ms = (percentile: number) => merged.percentile(percentile) / 1000;
      return [{ kind, p50: ms(50), p99: ms(99), p999: ms(99.9), max: merged.max / 1000 }];
    }),
    thresholds: thresholds.map((threshold) => {
      const actual = thresholdFigure(threshold.figure, whole);
      const holds = actual !== undefined && compares[threshold.operator](actual, threshold.limit);
      return { ...threshold, actual, holds };
    }),
    problems,
  };
}

const compares = {
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
} as const;

function countsOf(name: string, { statements, end }: Measured): Counts {
  const of = (kind: string) =>
    statements.filter((each) => each.kind === kind).reduce((sum, { answered }) => sum + answered, 0);
  return {
    name,
    seconds: end?.seconds,
    reads: of('read'),
    writes: of('write'),
    errors: statements.reduce((sum, { errors }) => sum + Object.values(errors).reduce((a, b) => a + b, 0), 0),
    wrong: statements.reduce((sum, { wrong }) => sum + wrong, 0),
    dropped: end?.dropped,
  };
}
