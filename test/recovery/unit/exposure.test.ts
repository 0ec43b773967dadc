import fc from 'fast-check';
import { expect, test } from 'vitest';
import { segmentBytes, segmentName } from '../../../src/recovery/backup/wal.ts';
import { Exposure, type Position } from '../../../src/recovery/exposure.ts';

const size = BigInt(segmentBytes);
const name = (number: number, timeline = 1) => segmentName({ timeline, number });
const at = (time: number, lsn: bigint, nextTransaction: number, running = 0): Position => ({
  at: time,
  lsn,
  nextTransaction: String(nextTransaction),
  running,
});

test('grows until the segment is in the archive, and then goes back to what is open', () => {
  const exposure = new Exposure(0);
  expect(exposure.look([], at(100, size * 3n + 500n, 10))).toEqual({ now: 100, most: 100 });
  expect(exposure.look([], at(1_000, size * 3n + 900n, 20)).now).toBe(1_000);
  // The segment of the first two has come, and a commit has been made since.
  expect(exposure.look([name(3)], at(2_000, size * 4n + 900n, 30))).toEqual({ now: 1_000, most: 2_000 });
  expect(exposure.look([name(3), name(4)], at(3_000, size * 5n + 40n, 30))).toEqual({ now: 0, most: 2_000 });
});

test('where nothing is committed nothing is exposed, whatever else is written', () => {
  const exposure = new Exposure(0);
  exposure.look([name(2)], at(100, size * 3n, 10));
  expect(exposure.look([name(2)], at(60_000, size * 3n + 200n, 10)).now).toBe(0);
  expect(exposure.look([name(2)], at(61_000, size * 3n + 900n, 11)).now).toBe(1_000);
  expect(exposure.look([name(2)], at(62_000, size * 3n + 900n, 11)).now).toBe(2_000);
});

test('a transaction that was under way may have been committed since', () => {
  const exposure = new Exposure(0);
  exposure.look([name(2)], at(100, size * 3n, 10, 1));
  expect(exposure.look([name(2)], at(5_000, size * 3n + 900n, 10)).now).toBe(4_900);
});

test('what comes after a gap is of no use, and a segment of a new time line fills it', () => {
  const exposure = new Exposure(0);
  exposure.look([], at(0, size * 3n, 1));
  expect(exposure.look([name(4), name(5)], at(1_000, size * 6n, 9)).now).toBe(1_000);
  expect(exposure.look([name(4), name(5), name(3, 2)], at(2_000, size * 6n, 9)).now).toBe(0);
  expect(new Exposure(0).look(['00000002.history', 'x'], at(7, 500n, 1)).now).toBe(7);
});

/** The definition, naively: the latest look before which every commit is in a segment that is archived now. */
function naive(positions: readonly Position[], archived: number): number {
  const now = positions.at(-1)?.at ?? 0;
  const stored = positions.filter(({ lsn }) => lsn <= BigInt(archived) * size + 40n);
  const safe = positions.filter((each) =>
    stored.some(
      (one) => one.at >= each.at || (one.running === 0 && one.nextTransaction === each.nextTransaction),
    ),
  );
  return now - (safe.at(-1)?.at ?? 0);
}

test('is what the definition says, of any history', () => {
  const step = fc.record({
    time: fc.integer({ min: 1, max: 1_000 }),
    bytes: fc.integer({ min: 0, max: 2 * segmentBytes }),
    commits: fc.integer({ min: 0, max: 3 }),
    running: fc.integer({ min: 0, max: 1 }),
    archives: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const exposure = new Exposure(0);
      const positions: Position[] = [];
      let [time, lsn, next, archived] = [0, size * 2n, 1, 2];
      for (const each of steps) {
        time += each.time;
        lsn += BigInt(each.bytes);
        next += each.commits;
        // Only whole segments that the WAL has left.
        archived = Math.min(archived + each.archives, Number(lsn / size));
        const position = at(time, lsn, next, each.running);
        positions.push(position);
        const names = Array.from({ length: archived }, (_, number) => name(number));
        const before = exposure.safe;
        expect(exposure.look(names, position)).toEqual({
          now: naive(positions, archived),
          most: time - before,
        });
      }
    }),
  );
});
