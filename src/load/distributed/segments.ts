import { ConfigError } from '../../design/config-error.ts';

/** The share of one generator, as k6's --execution-segment and --execution-segment-sequence take it. */
export interface Segment {
  readonly part: string;
  readonly sequence: string;
}

/**
 * A whole in equal parts: `0:1/4`, `1/4:2/4`… of `0,1/4,2/4,3/4,1`, as the k6 operator cuts it. k6 computes each share exactly, so the parts make what
 * one generator would. Throws ConfigError for a number of parts that is none.
 */
export function segmentsOf(parts: number): readonly Segment[] {
  if (!Number.isSafeInteger(parts) || parts < 1 || parts > 1000) {
    throw new ConfigError(`--segments ${parts}`, 'no number of parts', 'use a whole number from 1 to 1000');
  }
  const ends = Array.from({ length: parts + 1 }, (_, at) =>
    at === 0 ? '0' : at === parts ? '1' : `${at}/${parts}`,
  );
  const sequence = ends.join(',');
  return Array.from({ length: parts }, (_, at) => ({ part: `${ends[at]}:${ends[at + 1]}`, sequence }));
}
