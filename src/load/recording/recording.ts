import type { RecordingBucket, RecordingEnd, RecordingHeader } from './model.ts';

/** A whole recording in memory: a bucket for each second, statement and kind. For an hour of load use `measureFiles`. */
export interface Recording {
  readonly header: RecordingHeader;
  readonly buckets: readonly RecordingBucket[];
  /** Undefined: it was cut off. */
  readonly end: RecordingEnd['end'] | undefined;
}
