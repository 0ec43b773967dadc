/** A segment of WAL by its name: time line, and its place counted from the beginning of all WAL. */
export interface Segment {
  readonly timeline: number;
  readonly number: number;
}

/** What initdb makes; nothing here makes another. */
export const segmentBytes = 16 * 1024 ** 2;
const perFile = 0x1_0000_0000 / segmentBytes;

/** Reads `000000010000000000000002`; undefined for what is no segment's name. */
export function readSegment(name: string): Segment | undefined {
  const [, timeline, file, place] = /^([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})$/.exec(name) ?? [];
  if (timeline === undefined || file === undefined || place === undefined) return undefined;
  return {
    timeline: Number.parseInt(timeline, 16),
    number: Number.parseInt(file, 16) * perFile + Number.parseInt(place, 16),
  };
}

export function segmentName({ timeline, number }: Segment): string {
  return [timeline, Math.floor(number / perFile), number % perFile]
    .map((part) => part.toString(16).toUpperCase().padStart(8, '0'))
    .join('');
}

/** Bytes from the beginning of all WAL: `0/3000148`. Throws for what is no LSN. */
export function readLsn(lsn: string): bigint {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(lsn) ?? [];
  if (high === undefined || low === undefined) throw new Error(`${lsn} is no LSN`);
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`);
}

/** The segment that holds the last byte before an LSN. */
export function segmentBefore(lsn: string, timeline: number): Segment {
  const bytes = readLsn(lsn);
  return { timeline, number: Number((bytes === 0n ? 0n : bytes - 1n) / BigInt(segmentBytes)) };
}

/** Segments from one to another, both of one time line, that `names` lacks. */
export function missingBetween(first: Segment, last: Segment, names: ReadonlySet<string>): readonly string[] {
  const missing: string[] = [];
  for (let number = first.number; number <= last.number; number++) {
    const name = segmentName({ timeline: last.timeline, number });
    if (!names.has(name)) missing.push(name);
  }
  return missing;
}
