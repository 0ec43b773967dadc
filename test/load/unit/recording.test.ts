import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../../src/design/config-error.ts';
import { Collector } from '../../../src/load/recording/collect.ts';
import { Histogram } from '../../../src/load/recording/histogram.ts';
import { measure, measureFiles } from '../../../src/load/recording/measure.ts';
import { mergeRecordings } from '../../../src/load/recording/merge.ts';
import type { RecordingHeader } from '../../../src/load/recording/model.ts';
import { openRecording, readRecording } from '../../../src/load/recording/read.ts';
import type { Recording } from '../../../src/load/recording/recording.ts';
import { writeRecording } from '../../../src/load/recording/write.ts';

const header: RecordingHeader = {
  schema: 'pgattest.recording/1',
  generator: 'test 1',
  startedAt: '2026-01-01T00:00:00.000Z',
  model: 'open',
};
const end = { seconds: 4.02, scheduled: 40, dropped: 0, complete: true };

function scratch(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pgattest-recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function recording(more: Partial<Recording> = {}): Recording {
  const collector = new Collector();
  for (let n = 0; n < 40; n++) {
    const second = Math.floor(n / 10);
    collector.add({ second, statement: 'browse', kind: 'transaction', latency: 900 + n, service: 800 + n });
    collector.add({ second, statement: 'by-id', kind: 'read', latency: 500 + n, service: 400 + n, count: 3 });
    collector.add({ second, statement: 'insert', kind: 'write', latency: 700 + n, service: 600 + n });
  }
  collector.add({ second: 3, statement: 'by-id', kind: 'read', latency: 30_000, error: '57' });
  collector.add({ second: 0, statement: 'by-id', kind: 'read', latency: 500, wrong: true });
  // Answered after the end.
  collector.add({ second: 6, statement: 'by-id', kind: 'read', latency: 2_500_000 });
  return { header, buckets: collector.take(), end, ...more };
}

async function file(text: (lines: string[]) => string): Promise<string> {
  const name = path.join(scratch(), 'r.jsonl');
  await writeRecording(name, recording());
  writeFileSync(name, text(readFileSync(name, 'utf8').trimEnd().split('\n')));
  return name;
}

describe('a file', () => {
  test('reads as it was written', async () => {
    const name = path.join(scratch(), 'r.jsonl');
    await writeRecording(name, recording());
    expect(await readRecording(name)).toEqual(recording());
  });

  test('that was cut off anywhere but in its first line has no end', async () => {
    const name = path.join(scratch(), 'r.jsonl');
    await writeRecording(name, recording());
    const whole = readFileSync(name);
    const first = whole.indexOf('\n') + 1;
    for (const length of [first, first + 1, first + 200, whole.length - 2]) {
      writeFileSync(name, whole);
      truncateSync(name, length);
      const found = await readRecording(name);
      expect([found.header, found.end]).toEqual([header, undefined]);
    }
    truncateSync(name, 20);
    await expect(readRecording(name)).rejects.toThrow(
      /r\.jsonl: a recording that was cut off in its first line/,
    );
  });

  test('whose last line lacks the newline alone is whole', async () => {
    const name = await file((lines) => lines.join('\n'));
    expect((await readRecording(name)).end).toEqual(end);
  });

  test.each<[string, (lines: string[]) => string, string]>([
    ['empty', () => '', 'r.jsonl: an empty recording'],
    [
      'a line that is no JSON',
      (lines) => [...lines.slice(0, 2), '{"second":', ...lines.slice(2)].join('\n'),
      'r.jsonl:3: not JSON',
    ],
    [
      'a kind that is none',
      (lines) => [...lines.slice(0, 1), '{"second":0,"statement":"x","kind":"look","done":1}', ''].join('\n'),
      'r.jsonl:2: kind: ',
    ],
    [
      'a negative count',
      (lines) =>
        [...lines.slice(0, 1), '{"second":0,"statement":"x","kind":"read","done":-1}', ''].join('\n'),
      'r.jsonl:2: done: ',
    ],
    [
      'a key too many',
      (lines) =>
        [...lines.slice(0, 1), '{"second":0,"statement":"x","kind":"read","done":1,"more":1}', ''].join('\n'),
      'r.jsonl:2: Unrecognized key: "more"',
    ],
    [
      'a histogram that is none',
      (lines) =>
        [
          ...lines.slice(0, 1),
          '{"second":0,"statement":"x","kind":"read","done":1,"latency":"aGVsbG8="}',
          '',
        ].join('\n'),
      'r.jsonl:2: not an HDR histogram',
    ],
    [
      'another schema',
      (lines) => lines.join('\n').replace('recording/1', 'recording/2'),
      'r.jsonl:1: schema: ',
    ],
    ['a line after the end', (lines) => [...lines, lines[1], ''].join('\n'), 'something comes after the end'],
  ])('%s: says file and line', async (_, text, says) => {
    const name = await file(text);
    const error = await measureFiles([name]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toContain(says);
    await expect(readRecording(name)).rejects.toThrow(says);
  });

  test('that is not there', async () => {
    await expect(openRecording('/nowhere/r.jsonl')).rejects.toThrow(
      '/nowhere/r.jsonl: no such recording; give',
    );
  });
});

describe('measured', () => {
  test('counts are of whole seconds after the warm-up, latencies of all that came after it, errors of all', async () => {
    const found = measure([recording()], { warmUp: 1 });
    expect(found.seconds).toEqual([1, 2, 3].map(() => ({ read: 30, write: 10 })));
    const read = found.statements.find(({ kind }) => kind === 'read');
    expect(read).toMatchObject({
      statement: 'by-id',
      done: 91,
      answered: 122,
      errors: { '57': 1 },
      wrong: 1,
    });
    expect(read?.latency.count).toBe(92);
    expect(read?.latency.max).toBeGreaterThanOrEqual(2_500_000);
    const name = path.join(scratch(), 'r.jsonl');
    await writeRecording(name, recording());
    expect(shown(await measureFiles([name], { warmUp: 1 }))).toEqual(shown(found));
  });

  test('seconds in which nothing was answered are there, as 0', () => {
    const { buckets } = recording();
    const found = measure([recording({ buckets: buckets.filter(({ second }) => second !== 2) })]);
    expect(found.seconds.map(({ read }) => read)).toEqual([31, 30, 0, 30]);
  });

  test('of one that was cut off the last second does not count', () => {
    const { buckets } = recording();
    const cut = recording({ buckets: buckets.filter(({ second }) => second < 3), end: undefined });
    const found = measure([cut]);
    expect([found.end, found.seconds.length]).toEqual([undefined, 2]);
  });
});

describe('merged', () => {
  const later = (milliseconds: number): RecordingHeader => ({
    ...header,
    startedAt: new Date(Date.parse(header.startedAt) + milliseconds).toISOString(),
  });

  test('parts that started apart are moved to one clock, and measured while all of them ran', () => {
    const parts = [recording(), recording({ header: later(1100) })];
    const merged = mergeRecordings(parts);
    expect(merged.end).toEqual({ ...end, scheduled: 80 });
    const found = measure([merged], { warmUp: 1 });
    expect(found.seconds).toEqual([1, 2, 3].map(() => ({ read: expect.any(Number), write: 20 })));
    expect(shown(measure(parts))).toMatchObject({ warmUp: 1, seconds: found.seconds });
  });

  test('the order does not matter, and counts are the sums', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 2500 }), { minLength: 2, maxLength: 4 }),
        fc.nat(),
        (starts, turn) => {
          const parts = starts.map((start) => recording({ header: later(start) }));
          const turned = parts.map((_, n) => parts[(n + turn) % parts.length] ?? recording());
          expect(mergeRecordings(turned)).toEqual(mergeRecordings(parts));
          const sum = mergeRecordings(parts).buckets.reduce((total, { done }) => total + done, 0);
          expect(sum).toBe(parts.length * recording().buckets.reduce((total, { done }) => total + done, 0));
        },
      ),
      { numRuns: 15 },
    );
  });

  test.each<[string, Partial<Recording>[], string]>([
    ['none', [], 'recordings: there are none'],
    [
      'a segment twice',
      [1, 2].map(() => ({ header: { ...header, segment: '0:1/2' } })),
      'segment 0:1/2 is there twice',
    ],
    ['of two models', [{}, { header: { ...header, model: 'closed' } }], 'one is open, another closed'],
    ['one after the other', [{}, { header: later(5000) }], 'they did not run side by side'],
  ])('%s: no', (_, parts, says) => {
    expect(() => mergeRecordings(parts.map((part) => recording(part)))).toThrow(says);
    expect(() => measure(parts.map((part) => recording(part)))).toThrow(says);
  });

  test('one part that was cut off, or broken off, makes the whole so', () => {
    expect(mergeRecordings([recording(), recording({ end: undefined })]).end).toBeUndefined();
    const broken = { ...end, complete: false, reason: 'Ctrl-C' };
    expect(mergeRecordings([recording(), recording({ end: broken })]).end).toMatchObject({
      complete: false,
      reason: 'Ctrl-C',
    });
  });
});

describe('a histogram', () => {
  test('is within 0.1 % of what was recorded, also after it was written and added', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 3_600_000_000 }), { minLength: 1, maxLength: 200 }),
        fc.constantFrom(0, 50, 90, 99, 99.9, 100),
        (values, percentile) => {
          const [one, other, sum] = [new Histogram(), new Histogram(), new Histogram()];
          for (const [n, value] of values.entries()) (n % 2 === 0 ? one : other).record(value);
          sum.addEncoded(one.encode());
          sum.addEncoded(other.encode());
          const sorted = values.toSorted((a, b) => a - b);
          const exact = sorted[Math.max(0, Math.ceil((percentile / 100) * sorted.length) - 1)] ?? 0;
          expect(sum.count).toBe(values.length);
          if (percentile > 0)
            expect(Math.abs(sum.percentile(percentile) - exact)).toBeLessThanOrEqual(exact * 0.001 + 1);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('what is above a value', () => {
    const all = new Histogram();
    for (const value of [100, 200, 300, 300]) all.record(value);
    expect(all.above(200)).toEqual({ count: 2, sum: 600 });
    expect(all.above(300)).toEqual({ count: 0, sum: 0 });
    expect(all.above(0)).toEqual({ count: 4, sum: 900 });
    expect(new Histogram().above(0)).toEqual({ count: 0, sum: 0 });
  });

  test('longer than an hour is held as an hour', () => {
    const all = new Histogram();
    all.record(5_000_000_000);
    expect(all.max).toBe(3_600_000_000);
  });
});

test('a file of which more is written while it is read is read to where it was', async () => {
  const name = path.join(scratch(), 'r.jsonl');
  await writeRecording(name, recording({ end: undefined }));
  appendFileSync(name, '{"second":9,"statement":"by-');
  expect((await readRecording(name)).buckets).toHaveLength(recording().buckets.length);
});

function shown(found: ReturnType<typeof measure>): unknown {
  return {
    ...found,
    statements: found.statements.map((each) => ({
      ...each,
      latency: each.latency.encode(),
      service: each.service.encode(),
    })),
  };
}
