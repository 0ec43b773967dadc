import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseBackup, targetTime } from '../../../src/recovery/backup/choose.ts';
import { compareManifests } from '../../../src/recovery/backup/manifest.ts';
import type { Backup } from '../../../src/recovery/backup/model.ts';
import {
  missingBetween,
  readLsn,
  readSegment,
  segmentBefore,
  segmentName,
} from '../../../src/recovery/backup/wal.ts';

describe('WAL', () => {
  test('names of segments are read and written', () => {
    const segments = fc.record({
      timeline: fc.integer({ min: 1, max: 0xffff_ffff }),
      number: fc.integer({ min: 0, max: 0xffff_ffff }),
    });
    fc.assert(
      fc.property(segments, (segment) => {
        expect(readSegment(segmentName(segment))).toEqual(segment);
      }),
    );
    expect(readSegment('0000000100000001000000FF')).toEqual({ timeline: 1, number: 511 });
    expect(readSegment('00000002.history')).toBeUndefined();
    expect(readSegment('000000010000000000000002.partial')).toBeUndefined();
  });

  test('an LSN at the beginning of a segment ends the one before', () => {
    expect(segmentName(segmentBefore('0/3000000', 1))).toBe('000000010000000000000002');
    expect(segmentName(segmentBefore('0/3000001', 1))).toBe('000000010000000000000003');
    expect(segmentName(segmentBefore('1/0', 2))).toBe('0000000200000000000000FF');
    expect(readLsn('1/A')).toBe(4_294_967_306n);
    expect(() => readLsn('somewhere')).toThrow();
  });

  test('gaps are named', () => {
    const [first, last] = [
      { timeline: 1, number: 254 },
      { timeline: 1, number: 257 },
    ];
    const names = new Set(['0000000100000000000000FE', '000000010000000100000001']);
    expect(missingBetween(first, last, names)).toEqual([
      '0000000100000000000000FF',
      '000000010000000100000000',
    ]);
  });
});

describe('which backup', () => {
  const backup = (label: string, at: string, lsn: string, timeline = 1): Backup => ({
    label,
    kind: 'full',
    bytes: 1,
    milliseconds: 1,
    at: new Date(at),
    end: { lsn, timeline },
  });
  const backups = [
    backup('second', '2028-01-02T00:00:00Z', '0/9000000'),
    backup('first', '2028-01-01T00:00:00Z', '0/5000000'),
    backup('third', '2028-01-03T00:00:00Z', '0/B000000', 2),
  ];
  const chosen = (...options: Parameters<typeof chooseBackup> extends [unknown, infer O] ? [O] : never) =>
    chooseBackup(backups, ...options).label;

  test('is the newest that the target allows', () => {
    expect(chosen({ target: { kind: 'end' } })).toBe('third');
    expect(chosen({ target: { kind: 'end' }, timeline: '1' })).toBe('second');
    expect(chosen({ target: { kind: 'time', at: '2028-01-02 12:00:00.5+00' } })).toBe('second');
    expect(chosen({ target: { kind: 'time', at: '2028-01-02 01:00:00+02' } })).toBe('first');
    expect(chosen({ target: { kind: 'lsn', lsn: '0/A000000' } })).toBe('second');
    expect(chosen({ target: { kind: 'name', name: 'here' } })).toBe('first');
    expect(chosen({ target: { kind: 'end' }, backup: 'first' })).toBe('first');
  });

  test('none, and none of that name, is said with what there is', () => {
    expect(() => chosen({ target: { kind: 'time', at: '2027-01-01 00:00:00+00' } })).toThrow(
      /no backup that had ended by 2027-01-01 00:00:00\+00; there are second, first, third/,
    );
    expect(() => chosen({ target: { kind: 'end' }, backup: 'fourth' })).toThrow('no backup fourth');
    expect(() => chooseBackup([], { target: { kind: 'end' } })).toThrow('take one first');
    expect(() => chosen({ target: { kind: 'time', at: 'yesterday' } })).toThrow('"yesterday" is no time');
  });

  test('times are written as a server that starts can read them', () => {
    expect(targetTime('2028-01-02T03:04:05.678Z')).toBe('2028-01-02 03:04:05.678+00');
    expect(targetTime('2028-01-02 03:04:05.678901+02')).toBe('2028-01-02 03:04:05.678901+02');
  });
});

test('what differs from a manifest is named', () => {
  const kept = new Map([
    ['base/1/2', 'aa'],
    ['backup_label', 'bb'],
    ['global/pg_control', 'cc'],
  ]);
  const found = new Map([
    ['base/1/2', 'aa'],
    ['global/pg_control', 'dd'],
    ['rogue', 'ee'],
  ]);
  expect(compareManifests(kept, kept)).toEqual([]);
  expect(compareManifests(kept, found)).toEqual([
    'backup_label is missing',
    'global/pg_control has another content',
    'rogue was added',
  ]);
});
