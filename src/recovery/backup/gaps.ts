import type { Archive } from '../../cluster/archive.ts';
import type { Backup } from './model.ts';
import { missingBetween, readSegment, segmentBefore, segmentBytes, segmentName } from './wal.ts';

/** Names of segments that an archive has. Of copies, those of full length. */
export async function wholeSegments(archive: Archive): Promise<ReadonlySet<string>> {
  const copies = archive.store.kind === 'copies';
  const files = [...(await archive.files())].filter(([, { bytes }]) => !copies || bytes === segmentBytes);
  return new Set(files.map(([name]) => name));
}

/**
 * What is missing between the first backup of a time line and the newest segment of that: nothing after it can be recovered. pgBackRest's
 * own verify takes a gap for two ranges, and says ok.
 */
export async function gaps(archive: Archive, backups: readonly Backup[]): Promise<readonly string[]> {
  const names = await wholeSegments(archive);
  const segments = [...names].map((name) => readSegment(name)).filter((each) => each !== undefined);
  const ends = backups.flatMap(({ end }) =>
    end === undefined ? [] : [segmentBefore(end.lsn, end.timeline)],
  );
  return [...new Set(ends.map(({ timeline }) => timeline))].flatMap((timeline) => {
    const of = (each: { timeline: number }) => each.timeline === timeline;
    const first = Math.min(...ends.filter(of).map(({ number }) => number));
    const last = Math.max(first, ...segments.filter(of).map(({ number }) => number));
    const newest = segmentName({ timeline, number: last });
    return missingBetween({ timeline, number: first }, { timeline, number: last }, names).map(
      (segment) => `the archive lacks ${segment}, and goes on to ${newest}`,
    );
  });
}
