import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readAggregates } from '../../../src/load/pgbench/aggregate.ts';
import { ExactCounts } from '../../../src/load/pgbench/exact-counts.ts';
import { logLines } from '../../../src/load/pgbench/log-lines.ts';
import { summariseLogs } from '../../../src/load/pgbench/log-summary.ts';

const log = (name: string) => fileURLToPath(new URL(`./pgbench/logs/${name}.txt`, import.meta.url));
const logs = (name: string, threads = 2) => Array.from({ length: threads }, (_, at) => log(`${name}.${at}`));

function written(text: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'pgattest-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'log'), text);
  return path.join(folder, 'log');
}

describe('exact percentiles', () => {
  const values = fc.array(
    fc.oneof(fc.nat(5000), fc.nat(3_600_000_000), fc.constantFrom(0, 4095, 4096, 1_048_576)),
    {
      minLength: 1,
      maxLength: 300,
    },
  );
  // Tenths of a percent, so that the rank of the sorted list can be worked out in integers.
  const permille = fc.nat(1000);

  test('equal those of the sorted list', () => {
    fc.assert(
      fc.property(values, permille, (list, tenths) => {
        const counts = new ExactCounts();
        for (const value of list) counts.add(value);
        const sorted = [...list].sort((a, b) => a - b);
        const rank = Math.max(1, Math.ceil((tenths * list.length) / 1000));
        expect(counts.percentile(tenths / 10)).toBe(sorted[rank - 1]);
        expect(counts.min).toBe(sorted[0]);
        expect(counts.max).toBe(sorted.at(-1));
        expect(counts.count).toBe(list.length);
      }),
    );
  });

  test('of the lines of a log in pieces of any size equal those of the sorted list', async () => {
    await fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 64, max: 4096 }), async (list, chunk) => {
        const file = written(list.map((value, at) => `0 ${at} ${value} 0 1795292741 ${at}\n`).join(''));
        const found: number[] = [];
        for await (const lines of logLines(file, { lag: false, retries: false }, chunk))
          found.push(...lines.latency.subarray(0, lines.count));
        expect(found).toEqual(list);
      }),
      { numRuns: 30 },
    );
  });

  test('of two added equal those of both lists', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [both, other] = [new ExactCounts(), new ExactCounts()];
        for (const value of a) both.add(value);
        for (const value of b) other.add(value);
        both.addAll(other);
        const sorted = [...a, ...b].sort((x, y) => x - y);
        expect(both.percentile(50)).toBe(sorted[Math.ceil(sorted.length / 2) - 1]);
        expect(both.mean).toBeCloseTo(sorted.reduce((sum, x) => sum + x, 0) / sorted.length, 3);
      }),
    );
  });

  test('of 99.9 are those of 999 in 1,000, and of nothing NaN', () => {
    const counts = new ExactCounts();
    expect(counts.percentile(50)).toBeNaN();
    for (let value = 1; value <= 1000; value++) counts.add(value);
    expect(counts.percentile(99.9)).toBe(999);
    expect(counts.percentile(99.91)).toBe(1000);
  });
});

describe('a log of transactions', () => {
  test('of two threads', async () => {
    const summary = await summariseLogs(logs('plain-15'), { lag: false, retries: false });
    expect(summary).toMatchObject({ transactions: 10, failed: 0, lines: 10, malformed: 0, cut: [] });
    expect(summary.latency.max).toBe(1447);
    expect(summary.latency.percentile(50)).toBe(111);
    expect(summary.firstEnd).toBe(1_795_292_741_457_976);
  });

  test('with a schedule: skipped apart, service is latency without lag', async () => {
    const summary = await summariseLogs(logs('rate-15', 1), { lag: true, retries: false });
    expect(summary).toMatchObject({ transactions: 232, skipped: 94, failed: 0 });
    expect(summary.scripts.map(({ transactions, skipped }) => [transactions, skipped])).toEqual([
      [150, 52],
      [82, 42],
    ]);
    expect(summary.service.max).toBeLessThan(summary.latency.max);
    expect(summary.latency.mean).toBeCloseTo(summary.service.mean + summary.lag.mean, 6);
  });

  test('with failures and retries', async () => {
    const summary = await summariseLogs(logs('ser-15'), { lag: false, retries: true });
    expect(summary).toMatchObject({ transactions: 373, failed: 360, serializationFailures: 0 });
    expect(summary.retries).toBeGreaterThan(summary.retried);
    const detailed = await summariseLogs(logs('dead-15'), { lag: true, retries: true });
    expect(detailed).toMatchObject({
      transactions: 9,
      failed: 1,
      serializationFailures: 1,
      deadlockFailures: 0,
    });
    expect(detailed.latency.max).toBe(3_006_263);
  });

  test('that was cut off, or is none', async () => {
    const cut = written('0 1 1172 0 1795292741 457976\n0 2 19');
    expect(await summariseLogs([cut], { lag: false, retries: false })).toMatchObject({
      transactions: 1,
      cut: [cut],
    });
    const odd = written(
      '0 1 1172 0 1795292741 457976\n0 2 194 0 17952920 1 5 0 179 458 9\n\n0 1 done 0 1 2\n',
    );
    expect(await summariseLogs([odd], { lag: false, retries: false })).toMatchObject({
      transactions: 1,
      malformed: 3,
      malformedAt: [`${odd}:2`],
    });
    // With other columns than the options say nothing is guessed.
    expect(await summariseLogs(logs('plain-15'), { lag: true, retries: false })).toMatchObject({
      transactions: 0,
      malformed: 10,
    });
    expect((await summariseLogs([written('')], { lag: false, retries: false })).firstEnd).toBeNaN();
  });
});

describe('aggregates', () => {
  test('of two threads, the first interval of each being partial', async () => {
    const intervals = await readAggregates(logs('agg-15'), 1);
    expect(intervals.map(({ start, transactions, partial }) => [start, transactions, partial])).toEqual([
      [1_795_292_752, 30, true],
      [1_795_292_753, 96, false],
      [1_795_292_754, 98, false],
    ]);
    expect(intervals[1]?.latency).toEqual({
      sum: 1_999_544,
      sumOfSquares: 41_854_691_024,
      min: 20_202,
      max: 30_883,
    });
  });

  test('of 13: fewer columns, and what was skipped is not done', async () => {
    const intervals = await readAggregates(logs('aggrate-13'), 1);
    expect(intervals[1]).toMatchObject({ transactions: 76 + 74 - 38 - 39, skipped: 77, lag: { min: 75 } });
    expect((await readAggregates(logs('agg-13'), 1))[0]).not.toHaveProperty('lag');
  });

  test('with an interval that one thread has not written, and with nothing in one', async () => {
    const text = readFileSync(log('agg-15.0'), 'utf8');
    const short = written(text.slice(0, -5));
    const intervals = await readAggregates([short, log('agg-15.1')], 1);
    expect(intervals.map(({ partial }) => partial)).toEqual([true, false, true]);
    const dead = await readAggregates(logs('aggdead-15'), 1);
    expect(dead.at(-1)).toMatchObject({ transactions: 0, latency: { min: Number.NaN } });
    await expect(readAggregates([log('plain-15.0'), written('1 2 x\n')], 1)).rejects.toThrow(
      /:1: no line of an aggregated log/,
    );
  });
});
