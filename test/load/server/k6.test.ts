import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { thisMachine } from '../../../src/cluster/machine.ts';
import { processTable } from '../../../src/cluster/process-table.ts';
import { commandOf } from '../../../src/load/k6/arguments.ts';
import { k6IsAtHand } from '../../../src/load/k6/at-hand.ts';
import { buildK6, k6Sources } from '../../../src/load/k6/build.ts';
import { findGo } from '../../../src/load/k6/go.ts';
import type { K6Binary, K6Options } from '../../../src/load/k6/model.ts';
import { runK6 } from '../../../src/load/k6/run.ts';
import { scratchFolder } from '../../cluster/support.ts';
import { type Call, readRecorded, sumOf, targetOf, writeDeckOf, writeScript } from './k6-support.ts';

let cluster: Cluster;
let k6: K6Binary;

beforeAll(async () => {
  k6 = await buildK6();
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  const client = await cluster.primary.connect();
  await client.query('CREATE TABLE done (n int)');
}, 900_000);

afterAll(() => cluster?.close());

const mixed: readonly Call[] = [
  [0, [], { rows: 1 }],
  [1, ['mine'], { own: [0, ['mine']] }],
  [2, ['1'], { rows: 1 }],
];

async function play(folder: string, script: string, more: Partial<K6Options> = {}) {
  const recording = path.join(folder, 'recording.jsonl');
  const result = await runK6({
    binary: k6.path,
    script,
    folder,
    env: { TARGET: targetOf(cluster), RECORDING: recording },
    ...more,
  });
  return { result, recording };
}

const users = (seconds: number, vus = 4) => ({
  executor: 'constant-vus',
  vus,
  duration: `${seconds}s`,
  gracefulStop: '2s',
});
const arrivals = (rate: number, seconds: number, vus: number) => ({
  executor: 'constant-arrival-rate',
  rate,
  duration: `${seconds}s`,
  preAllocatedVUs: vus,
  gracefulStop: '5s',
});
const playing = 'c.play(d, d.pick(exec.scenario.iterationInTest));';

test('what is recorded is what the server did', async () => {
  const folder = scratchFolder();
  writeDeckOf(folder, [mixed, mixed, mixed]);
  const client = await cluster.primary.connect();
  await client.query('TRUNCATE done');
  const seen: number[] = [];
  const { result, recording } = await play(folder, writeScript(folder, users(2), playing), {
    onProgress: ({ fraction }) => seen.push(fraction),
  });
  expect(result).toMatchObject({ ending: { kind: 'passed' }, exitCode: 0, errorCount: 0 });
  expect(seen.length).toBeGreaterThan(0);
  const { header, buckets, end } = readRecorded(recording);
  expect(header).toMatchObject({ generator: `k6 ${k6.version}`, model: 'closed' });
  expect(end).toMatchObject({ complete: true, dropped: 0 });
  const { rows } = await client.query<{ n: number }>('SELECT count(*)::int AS n FROM done');
  const insert = sumOf(buckets, 'insert');
  expect(insert).toMatchObject({ done: rows[0]?.n, failed: 0, wrong: 0, latencies: insert.done });
  expect(insert.done).toBeGreaterThan(100);
  expect(sumOf(buckets, 't0').done + sumOf(buckets, 't1').done).toBe(insert.done);
  expect(result.summary).toMatchObject({ iterations: insert.done, droppedIterations: 0 });
  expect(result.summary?.metrics.pg_statements?.count).toBe(insert.done * 3);
});

test('wrong rows are counted and thrown away by nobody', async () => {
  const folder = scratchFolder();
  writeDeckOf(folder, [[[1, ['theirs'], { own: [0, ['mine']] }]]]);
  const scenario = { executor: 'shared-iterations', vus: 1, iterations: 10 };
  const { result, recording } = await play(folder, writeScript(folder, scenario, playing));
  expect(sumOf(readRecorded(recording).buckets, 'echo')).toMatchObject({ done: 10, wrong: 10 });
  expect(result.summary?.metrics.pg_wrong_rows?.count).toBe(10);
});

test('in an open model latency counts from the scheduled start, and what is dropped is counted', async () => {
  const folder = scratchFolder();
  writeDeckOf(folder, [[[3, ['0.05']]]]);
  const { result, recording } = await play(folder, writeScript(folder, arrivals(100, 2, 2), playing));
  const { header, buckets, end } = readRecorded(recording);
  expect(header.model).toBe('open');
  expect(end?.dropped).toBeGreaterThan(50);
  expect(end?.dropped).toBe(result.summary?.droppedIterations);
  const sleep = sumOf(buckets, 'sleep');
  expect(end?.scheduled).toBe(sleep.done + (end?.dropped ?? 0));
  expect(sleep.maxLatency).toBeGreaterThanOrEqual(sleep.maxService);
});

test.each([
  ['constant', arrivals(50, 2, 20), '{ rate: 50 }'],
  [
    'ramping',
    {
      executor: 'ramping-arrival-rate',
      startRate: 10,
      preAllocatedVUs: 20,
      stages: [
        { target: 60, duration: '1s' },
        { target: 60, duration: '1s' },
      ],
    },
    "{ rate: 10, stages: [{ target: 60, duration: '1s' }, { target: 60, duration: '1s' }] }",
  ],
])('iterations of a %s arrival rate begin when they are due', async (_, scenario, schedule) => {
  const folder = scratchFolder();
  writeDeckOf(folder, [mixed]);
  const script = writeScript(
    folder,
    scenario,
    `const begun = due();
     const late = Date.now() - begun;
     const own = plan.due(exec.scenario.iterationInTest) + exec.scenario.startTime;
     check(null, {
       'not before': () => late > -2,
       'not long after': () => late < 1000,
       'both clocks agree': () => Math.abs(begun - own) < 1.001,
     });
     if (exec.scenario.iterationInTest === 0) c.play(d, 0);`,
    `const plan = schedule(${schedule});`,
  );
  const { result } = await play(folder, script);
  expect(result.ending).toEqual({ kind: 'passed' });
  expect(result.summary).toMatchObject({ checksFailed: 0, droppedIterations: 0 });
});

describe('what goes wrong is said', () => {
  test('a server that is gone: errors, and the run goes on', async () => {
    const folder = scratchFolder();
    const own = await startCluster({ on: 'auto', settings: {}, throwaway: true });
    onTestFinished(() => own.close());
    writeDeckOf(folder, [[[0, []]]]);
    let killed: Promise<void> | undefined;
    const { result, recording } = await play(folder, writeScript(folder, users(4), playing), {
      env: { TARGET: targetOf(own), RECORDING: path.join(folder, 'recording.jsonl') },
      onProgress: () => {
        killed ??= own.primary.service.kill();
      },
    });
    await killed;
    expect(result.ending).toEqual({ kind: 'passed' });
    expect(result.errors.join()).toContain('further ones are only counted');
    const { buckets } = readRecorded(recording);
    expect(Object.keys(Object.assign({}, ...buckets.map(({ errors }) => errors)))).toContain('08');
    // It waits longer each time: far fewer than a busy loop would make.
    expect(sumOf(buckets, 'one').failed).toBeLessThan(500);
  });

  test.each([
    ['throws at its top level', 'throw new Error("no");', playing, /no/],
    ['has a deck that is none', "deck('script.ts');", playing, /line 1/],
    ['is not a script', 'const = ;', playing, /Line \d+:\d+ Expected identifier/],
  ])('a script that %s', async (_, more, body, says) => {
    const folder = scratchFolder();
    writeDeckOf(folder, [mixed]);
    const { result } = await play(folder, writeScript(folder, users(1), body, more));
    expect(result.ending).toMatchObject({ kind: 'script', message: expect.stringMatching(says) });
  });

  test('a threshold that is crossed', async () => {
    const folder = scratchFolder();
    writeDeckOf(folder, [mixed]);
    const script = writeScript(
      folder,
      { executor: 'shared-iterations', vus: 1, iterations: 1 },
      playing,
      "(options as Record<string, unknown>).thresholds = { pg_statements: ['count>1000'] };",
    );
    const { result, recording } = await play(folder, script);
    expect(result.ending).toEqual({ kind: 'thresholds', crossed: ['pg_statements: count>1000'] });
    expect(readRecorded(recording).end?.complete).toBe(true);
  });

  test('a disk that is full', async (context) => {
    const folder = scratchFolder();
    const disk = path.join(folder, 'disk');
    mkdirSync(disk);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32k', 'tmpfs', disk]);
    if (mounted.status !== 0) return context.skip('needs the right to mount');
    onTestFinished(() => void spawnSync('umount', ['-l', disk]));
    writeDeckOf(folder, [mixed]);
    const recording = path.join(disk, 'recording.jsonl');
    const { result } = await play(folder, writeScript(folder, users(20), playing), {
      env: { TARGET: targetOf(cluster), RECORDING: recording },
    });
    expect(result.ending).toMatchObject({ kind: 'gave-up' });
    expect(result.errors.join()).toContain('no space left on device');
    expect(readRecorded(recording).end).toMatchObject({ complete: false });
  });

  test('there is no such script', async () => {
    await expect(play(scratchFolder(), '/nowhere.ts')).rejects.toMatchObject({ name: 'ConfigError' });
  });
});

describe('stopping', () => {
  test('aborted, it keeps what was recorded', async () => {
    const folder = scratchFolder();
    writeDeckOf(folder, [mixed]);
    const stop = new AbortController();
    const { result, recording } = await play(folder, writeScript(folder, users(60), playing), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(result.ending).toEqual({ kind: 'aborted' });
    expect(result.elapsedMs).toBeLessThan(30_000);
    const { buckets, end } = readRecorded(recording);
    expect(end).toMatchObject({ complete: false, reason: expect.stringContaining('signal') });
    expect(sumOf(buckets, 'one').done).toBeGreaterThan(0);
  });

  test('it does not outlive who started it', async () => {
    const folder = scratchFolder();
    writeDeckOf(folder, [mixed]);
    const recording = path.join(folder, 'recording.jsonl');
    const script = writeScript(folder, users(60), playing);
    const { file, args, env } = commandOf({ binary: k6.path, script, folder }, thisMachine().env.path);
    const child = execa(file, args, {
      cwd: folder,
      env: { ...env, TARGET: targetOf(cluster), RECORDING: recording },
      reject: false,
      stdin: 'pipe',
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    child.stdout.once('data', () => child.stdin.end());
    expect((await child).exitCode).toBe(105);
    expect(processTable(process.platform).inside(folder)).toEqual([]);
  });
});

describe('building', () => {
  test('what is in the cache is not built again', async () => {
    expect(await buildK6()).toEqual({ ...k6, built: false });
    expect(existsSync(k6.path)).toBe(true);
  });

  test('what cannot be built is said, and nothing of it stays', async () => {
    const sources = scratchFolder();
    const cache = scratchFolder();
    writeFileSync(path.join(sources, 'go.mod'), 'module broken\n\ngo 1.26\n');
    writeFileSync(path.join(sources, 'main.go'), 'package main\n\nfunc main() { nothing() }\n');
    await expect(buildK6({ sources, cache })).rejects.toThrow(/cannot be built: .*undefined: nothing/);
    expect(spawnSync('ls', ['-A', cache]).stdout.toString()).toBe('');
  });

  test('without Go it says where to get it', async () => {
    const machine = { ...thisMachine(), env: { path: '/nowhere' } };
    expect(k6IsAtHand(machine, { last: [] })).toBe(false);
    await expect(findGo(machine, undefined, { last: [] })).rejects.toThrow(/install Go/);
  });

  test('a Go that does not run is passed over for one that does', async () => {
    const [broken, good] = [scratchFolder(), scratchFolder()];
    writeFileSync(path.join(broken, 'go'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    writeFileSync(path.join(good, 'go'), '#!/bin/sh\necho go version go1.26.0 linux/amd64\n', {
      mode: 0o755,
    });
    const machine = { ...thisMachine(), env: { path: broken } };
    expect(await findGo(machine, undefined, { last: [good] })).toEqual({
      path: path.join(good, 'go'),
      version: 'go1.26.0 linux/amd64',
    });
  });
});

test('the extension passes its own tests, with the race detector, and none is skipped', async () => {
  const { path: go } = await findGo(thisMachine());
  const dsn = JSON.parse(targetOf(cluster)) as Record<string, string | number>;
  const env = {
    CGO_ENABLED: '1',
    PGATTEST_TEST_DSN: `host=${dsn.host} port=${dsn.port} user=${dsn.user} dbname=${dsn.database}`,
  };
  const vet = await execa(go, ['vet', '-trimpath', './...'], { cwd: k6Sources, reject: false });
  expect(vet).toMatchObject({ exitCode: 0, stderr: '' });
  const ran = await execa(go, ['test', '-trimpath', '-race', '-count=1', '-v', './...'], {
    cwd: k6Sources,
    env,
    reject: false,
  });
  expect(ran.stdout).not.toMatch(/^\s*--- FAIL/m);
  expect(ran.stdout).not.toMatch(/^\s*--- SKIP/m);
  expect(ran).toMatchObject({ exitCode: 0 });
}, 900_000);
