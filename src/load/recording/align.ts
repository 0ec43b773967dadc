import { ConfigError } from '../../design/config-error.ts';
import type { RecordingEnd, RecordingHeader } from './model.ts';

/** Recordings of generators that ran side by side, as one. */
export interface Alignment {
  readonly header: RecordingHeader;
  /** What to add to the seconds of each recording, in the order given. */
  readonly shifts: readonly number[];
  /** The second from which all of them ran. */
  readonly allFrom: number;
}

/**
 * Second 0 is where the earliest begins; the others are moved by whole seconds, so what happened at one instant is at most half a
 * second apart. Throws ConfigError for what cannot be parts of one load.
 */
export function align(headers: readonly RecordingHeader[]): Alignment {
  const [first] = headers;
  if (first === undefined) throw new ConfigError('recordings', 'there are none', 'give at least one');
  const segments = headers.flatMap(({ segment }) => segment ?? []);
  const twice = segments.find((segment, n) => segments.indexOf(segment) !== n);
  if (twice !== undefined) {
    throw new ConfigError('recordings', `segment ${twice} is there twice`, 'give each part once');
  }
  if (headers.some(({ model }) => model !== first.model)) {
    throw new ConfigError('recordings', 'one is open, another closed', 'judge them apart');
  }
  const starts = headers.map(({ startedAt }) => Date.parse(startedAt));
  const earliest = Math.min(...starts);
  const shifts = starts.map((start) => Math.round((start - earliest) / 1000));
  const generators = [...new Set(headers.map(({ generator }) => generator))].sort();
  return {
    header: {
      schema: first.schema,
      generator: generators.join(', '),
      startedAt: headers[starts.indexOf(earliest)]?.startedAt ?? first.startedAt,
      model: first.model,
      ...(headers.length === 1 && first.segment !== undefined ? { segment: first.segment } : {}),
    },
    shifts,
    allFrom: Math.max(...shifts),
  };
}

/**
 * The whole ended when its first part did: from there on the load was not all there. Undefined when a part was cut off. Throws
 * ConfigError when no second saw all parts.
 */
export function alignEnds(
  { shifts, allFrom }: Alignment,
  ends: readonly (RecordingEnd['end'] | undefined)[],
): RecordingEnd['end'] | undefined {
  const known = ends.flatMap((end, n) => (end === undefined ? [] : [{ ...end, shift: shifts[n] ?? 0 }]));
  const seconds = Math.min(...known.map((end) => end.shift + end.seconds));
  if (known.length > 1 && seconds <= allFrom) {
    throw new ConfigError('recordings', 'they did not run side by side', 'start the parts together');
  }
  if (known.length < ends.length) return undefined;
  const scheduled = known.every((end) => end.scheduled !== undefined);
  const reasons = [...new Set(known.flatMap(({ reason }) => reason ?? []))].sort();
  return {
    seconds,
    ...(scheduled ? { scheduled: known.reduce((sum, end) => sum + (end.scheduled ?? 0), 0) } : {}),
    dropped: known.reduce((sum, { dropped }) => sum + dropped, 0),
    complete: known.every(({ complete }) => complete),
    ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
  };
}
