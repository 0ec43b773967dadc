import type { Histogram } from './histogram.ts';
import type { RecordingEnd, RecordingHeader, StatementKind } from './model.ts';

/**
 * What a recording says, warm-up dropped: the counts of each second and one histogram for each statement. Its size does not grow
 * with the rate, and with time by two numbers a second only.
 */
export interface Measured {
  readonly header: RecordingHeader;
  /** Undefined: the recording was cut off. */
  readonly end: RecordingEnd['end'] | undefined;
  /** Seconds dropped at the beginning. */
  readonly warmUp: number;
  /** Statements answered in each whole second after the warm-up, 0 where nothing was. */
  readonly seconds: readonly SecondCounts[];
  readonly statements: readonly StatementTotals[];
}

export interface SecondCounts {
  readonly read: number;
  readonly write: number;
}

/** Latencies are of what was answered after the warm-up; errors and wrong answers are of the whole recording. */
export interface StatementTotals {
  readonly statement: string;
  readonly kind: StatementKind;
  /** After the warm-up, the last part of a second too. */
  readonly done: number;
  /** In the whole recording. */
  readonly answered: number;
  readonly errors: Readonly<Record<string, number>>;
  readonly wrong: number;
  readonly latency: Histogram;
  readonly service: Histogram;
}
