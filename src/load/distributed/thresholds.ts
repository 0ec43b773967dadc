import { ConfigError } from '../../design/config-error.ts';
import { Histogram } from '../recording/histogram.ts';
import type { Measured } from '../recording/measured.ts';

/** `read.p99<20`, `reads>=50000`, `errors<=0`. */
export interface Threshold {
  readonly text: string;
  readonly figure: string;
  readonly operator: '<' | '<=' | '>' | '>=';
  /** Milliseconds for latencies, statements a second for rates, a number for counts. */
  readonly limit: number;
}

export interface ThresholdResult extends Threshold {
  /** Undefined: nothing of the kind was recorded, which holds nothing. */
  readonly actual: number | undefined;
  readonly holds: boolean;
}

const counts = ['reads', 'writes', 'errors', 'wrong', 'dropped'] as const;
const latency = /^(read|write)\.(max|p\d{1,2}(?:\.\d+)?)$/;

/** Throws ConfigError for what is no threshold. */
export function parseThreshold(text: string): Threshold {
  const [, figure = '', operator = '', limit = ''] =
    /^([\w.]+?)\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  const known = (counts as readonly string[]).includes(figure) || latency.test(figure);
  if (!known || !isOperator(operator)) {
    throw new ConfigError(
      `--threshold ${text}`,
      'no threshold',
      `write read.p99<20 (ms), reads>=50000 (a second) or errors<=0; figures are ${counts.join(', ')}, read.p…, write.p…, read.max, write.max`,
    );
  }
  return { text, figure, operator, limit: Number(limit) };
}

function isOperator(text: string): text is Threshold['operator'] {
  return ['<', '<=', '>', '>='].includes(text);
}

/** A figure of a whole load. Rates are means over its whole seconds. */
export function thresholdFigure(figure: string, measured: Measured): number | undefined {
  const { statements, seconds, end } = measured;
  const [, kind, place] = latency.exec(figure) ?? [];
  if (kind !== undefined && place !== undefined) {
    const merged = latencyOf(measured, kind === 'read' ? 'read' : 'write');
    if (merged.count === 0) return undefined;
    return (place === 'max' ? merged.max : merged.percentile(Number(place.slice(1)))) / 1000;
  }
  if (figure === 'dropped') return end?.dropped;
  if (figure === 'errors') {
    return statements.reduce((sum, { errors }) => sum + Object.values(errors).reduce((a, b) => a + b, 0), 0);
  }
  if (figure === 'wrong') return statements.reduce((sum, { wrong }) => sum + wrong, 0);
  if (seconds.length === 0) return undefined;
  const of = figure === 'reads' ? 'read' : 'write';
  return seconds.reduce((sum, second) => sum + second[of], 0) / seconds.length;
}

/** All statements of a kind together: histograms are added, percentiles cannot be. */
export function latencyOf({ statements }: Measured, kind: 'read' | 'write'): Histogram {
  const merged = new Histogram();
  for (const statement of statements) if (statement.kind === kind) merged.add(statement.latency);
  return merged;
}
