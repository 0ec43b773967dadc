import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type CompleteRun,
  initialize,
  type PgbenchOptions,
  type Progress,
  pgbench,
  readAggregates,
  summariseRun,
  writeRecording,
} from '../../../src/load/pgbench/index.ts';
import { Histogram } from '../../../src/load/recording/histogram.ts';
import { RecordingBucket, RecordingEnd, RecordingHeader } from '../../../src/load/recording/model.ts';
import { type Bench, contended, recordingLines, scratch, short, startBench } from './pgbench-support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(async () => {
  await bench?.cluster.close();
});

async function complete(options: PgbenchOptions): Promise<CompleteRun> {
  const { connection, program } = bench;
  const result = await pgbench({ connection, program, ...options }).result;
  if (result.status === 'aborted') throw new Error(`${result.problem.message}\n${result.said.join('\n')}`);
  return result;
}

const selects = [{ builtin: 'select-only' as const }];

describe('a run', () => {
  test('of a time, with progress as it comes', async () => {
    const { connection, program } = bench;
    const run = pgbench({ connection, program, ...short, scripts: selects, protocol: 'prepared' });
    const ticks: Progress[] = [];
    for await (const tick of run.progress) ticks.push(tick);
    const result = await run.result;
    expect(result).toMatchObject({
      status: 'complete',
      report: { protocol: 'prepared', clients: 2, threads: 2, asked: { seconds: 2 }, failed: 0, unknown: [] },
      progress: ticks,
      scripts: ['select-only'],
      logs: [],
    });
    expect(ticks.length).toBeGreaterThan(0);
    expect(ticks[0]).toMatchObject({ failed: 0, stddevMs: expect.any(Number) });
    expect(ticks[0]?.seconds).toBeCloseTo(1, 0);
  });

  test('of a number of transactions, of scripts by weight, statement by statement', async () => {
    const { report } = await complete({
      transactions: 50,
      clients: 2,
      perStatement: true,
      variables: { low: 1 },
      seed: 7,
      scale: 1,
      scripts: [
        { builtin: 'simple-update', weight: 3 },
        { name: 'a name/with @ and blanks', sql: '\\set x random(:low, 10)\nSELECT :x', weight: 1 },
      ],
    });
    expect(report).toMatchObject({ transactions: 100, asked: { transactionsPerClient: 50 }, scale: 1 });
    expect(report.scripts.map(({ weight }) => weight)).toEqual([3, 1]);
    expect(report.scripts[1]?.statements.map(({ text }) => text)).toEqual([
      '\\set x random(:low, 10)',
      'SELECT :x',
    ]);
  });

  test('of the same seed draws the same', async () => {
    const options = {
      transactions: 100,
      seed: 3,
      scripts: [
        { builtin: 'select-only' as const, weight: 1 },
        { builtin: 'simple-update' as const, weight: 1 },
      ],
    };
    const shares = async () =>
      (await complete(options)).report.scripts.map(({ transactions }) => transactions);
    expect(await shares()).toEqual(await shares());
  });

  test('by a schedule, with a limit and a log: latency is from the scheduled start, late ones are skipped', async () => {
    const folder = scratch();
    const result = await complete({
      ...short,
      rate: 200,
      latencyLimitMs: 10,
      scripts: [{ name: 'slow', sql: 'SELECT pg_sleep(0.02)', holds: { reads: 1 } }],
      log: { folder },
    });
    const { report } = result;
    const logs = await summariseRun(result);
    expect(logs).toMatchObject({ missing: 0, transactions: report.transactions, skipped: report.skipped });
    expect(logs.skipped).toBeGreaterThan(50);
    expect(logs.latency.mean / 1000).toBeCloseTo(report.latency?.averageMs ?? 0, 2);
    expect(logs.lag.max / 1000).toBeCloseTo(report.lag?.maxMs ?? 0, 2);
    expect(logs.service.percentile(50)).toBeGreaterThan(20_000);
    expect(logs.service.percentile(50)).toBeLessThan(logs.latency.percentile(50));

    const file = path.join(folder, 'recording.jsonl');
    await writeRecording(result, file);
    const [header, ...rest] = recordingLines(file);
    expect(RecordingHeader.parse(header)).toMatchObject({ model: 'open', generator: 'pgbench 15.18' });
    expect(RecordingEnd.parse(rest.at(-1)).end).toMatchObject({
      dropped: expect.any(Number),
      complete: true,
    });
    const { end } = RecordingEnd.parse(rest.at(-1));
    expect(end.dropped).toBeGreaterThanOrEqual(logs.skipped);
    expect(end.scheduled).toBe(report.transactions + end.dropped);
    expect(end.seconds).toBeGreaterThanOrEqual(2);
    const buckets = rest.slice(0, -1).map((line) => RecordingBucket.parse(line));
    const reads = buckets.filter(({ kind }) => kind === 'read');
    expect(reads.reduce((sum, { done }) => sum + done, 0)).toBe(report.transactions);
    expect(Math.max(...buckets.map(({ second }) => second))).toBeGreaterThanOrEqual(1);
    const whole = new Histogram();
    for (const { latency } of reads) if (latency !== undefined) whole.addEncoded(latency);
    expect(whole.count).toBe(report.transactions);
    expect(Math.abs(whole.percentile(99) / logs.latency.percentile(99) - 1)).toBeLessThan(0.002);
  });

  test('with serialization failures: given up, retried, in report, log and recording', async () => {
    const folder = scratch();
    const result = await complete({
      ...short,
      clients: 4,
      scripts: [{ name: 'contended', sql: contended, holds: { writes: 1, reads: 1 } }],
      maxTries: 2,
      detailedFailures: true,
      log: { folder },
    });
    const { report } = result;
    expect(report.serializationFailures).toBeGreaterThan(10);
    const logs = await summariseRun(result);
    expect(logs).toMatchObject({
      missing: 0,
      failed: report.failed,
      serializationFailures: report.serializationFailures,
      retries: report.retries,
      retried: report.retried,
    });
    const file = path.join(folder, 'recording.jsonl');
    await writeRecording(result, file);
    const buckets = recordingLines(file)
      .slice(1, -1)
      .map((line) => RecordingBucket.parse(line))
      .filter(({ statement }) => statement === 'contended.writes');
    expect(buckets.reduce((sum, { errors }) => sum + (errors?.['40'] ?? 0), 0)).toBe(report.failed);
    expect(buckets[0]?.kind).toBe('write');
  });

  test('of a sample of its transactions has percentiles, and is no recording', async () => {
    const folder = scratch();
    const result = await complete({ ...short, scripts: selects, log: { folder, samplingRate: 0.1 } });
    const logs = await summariseRun(result);
    expect(logs.missing).toBeUndefined();
    expect(logs.transactions / result.report.transactions).toBeCloseTo(0.1, 1);
    await expect(writeRecording(result, path.join(folder, 'r'))).rejects.toThrow(/a sample is no recording/);
  });

  test('by the second: the first interval is partial, the last is not written', async () => {
    const result = await complete({
      ...short,
      seconds: 3,
      scripts: selects,
      log: { folder: scratch(), prefix: 'by second', aggregateSeconds: 1 },
    });
    const intervals = await readAggregates(result.logs, 1);
    expect(result.logs).toHaveLength(2);
    expect(intervals.map(({ partial }) => partial)).toEqual([true, ...intervals.slice(1).map(() => false)]);
    const sum = intervals.reduce((total, { transactions }) => total + transactions, 0);
    expect(sum).toBeGreaterThan(0);
    expect(sum).toBeLessThan(result.report.transactions);
    await expect(summariseRun(result)).rejects.toThrow(/no log of its transactions/);
  });

  test('in a pipeline, with a connection for each transaction, and by every protocol', async () => {
    const pipeline = '\\startpipeline\nBEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\n\\endpipeline\n';
    for (const protocol of ['extended', 'prepared'] as const) {
      const { report } = await complete({
        transactions: 20,
        protocol,
        scripts: [{ name: 'p', sql: pipeline }],
      });
      expect(report).toMatchObject({ transactions: 20, protocol });
    }
    const each = await complete({ transactions: 5, connectEachTime: true, scripts: selects });
    expect(each.report.connectionMs).toBeGreaterThan(0);
  });

  test('of several processes side by side: one result of their sum', async () => {
    const result = await complete({
      ...short,
      clients: 3,
      threads: 1,
      processes: 2,
      rate: 300,
      seed: 1,
      scripts: selects,
      log: { folder: scratch() },
    });
    expect(result.reports.map(({ clients }) => clients)).toEqual([2, 1]);
    expect(result.report.clients).toBe(3);
    expect(result.report.transactions).toBe(
      result.reports.reduce((sum, { transactions }) => sum + transactions, 0),
    );
    expect(result.report.tps).toBeGreaterThan(200);
    expect(result.report.tps).toBeLessThan(400);
    expect(result.logs).toHaveLength(2);
    expect(await summariseRun(result)).toMatchObject({
      missing: 0,
      transactions: result.report.transactions,
    });
    expect(result.progress[0]?.tps).toBeGreaterThan(150);
  });

  test('with a password, which stands in no argument', async () => {
    const { cluster, program } = bench;
    const client = await cluster.primary.connect({ database: 'bench' });
    await client.query("CREATE ROLE someone LOGIN PASSWORD 's3cret-of-someone' IN ROLE pg_read_all_data");
    await client.end();
    const { tcp } = cluster.primary;
    const connection = { host: tcp.host, port: tcp.port, user: 'someone', database: 'bench' };
    const good = await pgbench({
      program,
      connection: { ...connection, password: 's3cret-of-someone' },
      transactions: 1,
      scripts: selects,
    }).result;
    expect(good.status).toBe('complete');
    const wrong = await pgbench({
      program,
      connection: { ...connection, password: 'another' },
      scripts: selects,
    }).result;
    expect(wrong).toMatchObject({ status: 'aborted', problem: { code: 'password' }, partial: undefined });
    expect(JSON.stringify([good, wrong])).not.toMatch(/s3cret|another/);
  });
});

test('tables of pgbench are made, step by step', async () => {
  const { program, connection } = bench;
  await bench.cluster.primary.createDatabase('made');
  const made = await initialize({
    program,
    connection: { ...connection, database: 'made' },
    scale: 2,
    steps: 'dtGvpf',
    partitions: 2,
    partitionMethod: 'hash',
    fillfactor: 90,
    unlogged: true,
  });
  expect(made).toMatchObject({
    status: 'complete',
    report: { steps: { 'server-side generate': expect.any(Number), 'foreign keys': expect.any(Number) } },
  });
});
