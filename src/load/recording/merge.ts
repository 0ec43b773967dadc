import { align, alignEnds } from './align.ts';
import { Histogram } from './histogram.ts';
import type { RecordingBucket } from './model.ts';
import type { Recording } from './recording.ts';

/**
 * One recording of several that ran side by side, as segments or processes do: counts and histograms are added second by second. The
 * order does not matter. Throws ConfigError as `align` does.
 */
export function mergeRecordings(recordings: readonly Recording[]): Recording {
  const alignment = align(recordings.map(({ header }) => header));
  const end = alignEnds(
    alignment,
    recordings.map((recording) => recording.end),
  );
  const groups = new Map<string, RecordingBucket[]>();
  for (const [n, { buckets }] of recordings.entries()) {
    const shift = alignment.shifts[n] ?? 0;
    for (const bucket of buckets) {
      const moved = { ...bucket, second: bucket.second + shift };
      const key = `${moved.second} ${moved.kind} ${moved.statement}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [moved]);
      else group.push(moved);
    }
  }
  const merged = [...groups].map(([key, group]) => [key, sumOf(group)] as const);
  merged.sort(([a, { second: x }], [b, { second: y }]) => x - y || (a < b ? -1 : 1));
  return { header: alignment.header, buckets: merged.map(([, bucket]) => bucket), end };
}

function sumOf(group: readonly RecordingBucket[]): RecordingBucket {
  const [first] = group;
  if (first === undefined) throw new RangeError('no buckets to add');
  if (group.length === 1) return first;
  const { second, statement, kind } = first;
  const wrong = group.reduce((sum, bucket) => sum + (bucket.wrong ?? 0), 0);
  const errors: Record<string, number> = {};
  for (const bucket of group) addErrors(errors, bucket.errors);
  const latency = together(group.flatMap((bucket) => bucket.latency ?? []));
  const service = together(group.flatMap((bucket) => bucket.service ?? []));
  return {
    second,
    statement,
    kind,
    done: group.reduce((sum, { done }) => sum + done, 0),
    ...(Object.keys(errors).length === 0 ? {} : { errors }),
    ...(wrong === 0 ? {} : { wrong }),
    ...(latency === undefined ? {} : { latency }),
    ...(service === undefined ? {} : { service }),
  };
}

export function addErrors(sum: Record<string, number>, errors: RecordingBucket['errors']): void {
  for (const [name, count] of Object.entries(errors ?? {})) sum[name] = (sum[name] ?? 0) + count;
}

function together(texts: readonly string[]): string | undefined {
  if (texts.length <= 1) return texts[0];
  const sum = new Histogram();
  for (const text of texts) sum.addEncoded(text);
  return sum.encode();
}
