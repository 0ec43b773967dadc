import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import {
  type AbortedRun,
  initialize,
  type PgbenchOptions,
  pgbench,
  summariseRun,
  writeRecording,
} from '../../../src/load/pgbench/index.ts';
import { type Bench, recordingLines, scratch, shellProgram, short, startBench } from './pgbench-support.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(async () => {
  await bench?.cluster.close();
});

const where = () => ({ program: bench.program, connection: bench.connection });

const selects = [{ builtin: 'select-only' as const }];

async function aborted(options: PgbenchOptions): Promise<AbortedRun> {
  const { connection, program } = bench;
  const result = await pgbench({ connection, program, ...options }).result;
  if (result.status === 'complete') throw new Error('complete');
  expect(result.problem.message).not.toContain('\n');
  return result;
}

describe('refused before anything runs', () => {
  test.each<[string, PgbenchOptions, RegExp]>([
    [
      'a pipeline with the simple protocol',
      { scripts: [{ name: 'p', sql: 'SELECT 0;\n\\startpipeline\nSELECT 1;\n\\endpipeline' }] },
      /^p:2: \\startpipeline does not go with the simple protocol; set protocol/,
    ],
    [
      'a pipeline without an end',
      { protocol: 'prepared', scripts: [{ name: 'p', sql: '\\startpipeline\nSELECT 1;' }] },
      /^p:1: the pipeline is never ended; /,
    ],
    ['both a time and a number', { seconds: 1, transactions: 1 }, /seconds and transactions: /],
    ['fewer clients than processes', { clients: 1, processes: 2 }, /clients: 1 for 2 processes/],
    ['no clients', { clients: 0 }, /clients: .*; see docs/],
    [
      'a script that is not there',
      { scripts: [{ path: '/nowhere/x.sql' }] },
      /^\/nowhere\/x\.sql: not readable/,
    ],
    [
      'a connection string',
      { connection: { database: 'postgres://u:secret@h/d' } },
      /is a connection string/,
    ],
    ['a name that is none', { variables: { 'a b': 1 } }, /variables: "a b" is no name/],
    ['a folder that is not there', { log: { folder: '/nowhere' } }, /log\.folder: \/nowhere is no folder/],
    [
      'intervals that do not fit',
      { seconds: 3, log: { folder: '/', aggregateSeconds: 2 } },
      /aggregateSeconds/,
    ],
  ])('%s', async (_, options, message) => {
    const run = pgbench({ program: bench.program, ...options });
    await expect(run.result).rejects.toThrow(message);
    await expect(run.result).rejects.toMatchObject({ name: 'ConfigError' });
    await expect(run.progress[Symbol.asyncIterator]().next()).rejects.toThrow(message);
    await expect(run.result).rejects.not.toThrow(/secret/);
  });
});

describe('ends at once, and says why', () => {
  test.each<[string, PgbenchOptions, string, RegExp]>([
    [
      'no pgbench',
      { program: '/nowhere/pgbench' },
      'not-installed',
      /\/nowhere\/pgbench does not start: ENOENT/,
    ],
    [
      'a syntax error of a command',
      { scripts: [{ name: 'mine.sql', sql: 'SELECT 1;\n\\set a random(1,\nSELECT :a;' }] },
      'script',
      /^pgbench: mine\.sql:2: syntax error \(\\set\); correct the script$/,
    ],
    [
      'an error of a statement',
      { scripts: [{ name: 'mine.sql', sql: 'SELECT 1;\nSELECT nothing_of_that_name;' }] },
      'statement',
      /script mine\.sql, command 2: ERROR: {2}column "nothing_of_that_name" does not exist/,
    ],
    ['no database', { connection: { database: 'nowhere' } }, 'no-connection', /"nowhere" does not exist/],
    [
      'too many clients',
      { clients: 500, scripts: selects },
      'too-many-clients',
      /; give fewer clients or raise/,
    ],
  ])('%s', async (_, options, code, message) => {
    const { connection } = bench;
    const result = await aborted({ ...options, connection: { ...connection, ...options.connection } });
    expect(result.problem).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test('no tables', async () => {
    await bench.cluster.primary.createDatabase('empty');
    const { problem } = await aborted({ connection: { ...bench.connection, database: 'empty' } });
    expect(problem).toMatchObject({
      code: 'not-initialised',
      message: expect.stringMatching(/initialize\(\)$/),
    });
  });

  test('a script in a file, by its own path', async () => {
    const file = path.join(scratch(), 'own.sql');
    writeFileSync(file, '\\nosuch\n');
    const { problem } = await aborted({ scripts: [{ path: file }] });
    expect(problem.message).toBe(`pgbench: ${file}:1: invalid command (\\nosuch); correct the script`);
  });

  test('too few file handles', async () => {
    const program = shellProgram(bench.program, 'ulimit -n 20');
    const { problem } = await aborted({ program, clients: 50, scripts: selects });
    expect(problem).toMatchObject({ code: 'too-few-files', message: expect.stringContaining('ulimit -n') });
  });

  test('initialisation that cannot connect', async () => {
    const { program, connection } = bench;
    const made = await initialize({ program, connection: { ...connection, database: 'nowhere' } });
    expect(made).toMatchObject({ status: 'aborted', problem: { code: 'no-connection' } });
  });
});

describe('in the middle: what was measured is kept, and is no result', () => {
  test('one client of two is thrown out', async () => {
    const run = pgbench({ ...where(), ...short, seconds: 3, scripts: selects });
    for await (const _ of run.progress) {
      const client = await bench.cluster.primary.connect({ database: 'bench' });
      await client.query(
        "SELECT pg_terminate_backend((SELECT pid FROM pg_stat_activity WHERE application_name = 'pgbench' LIMIT 1))",
      );
      await client.end();
      break;
    }
    const result = await run.result;
    expect(result).toMatchObject({ status: 'aborted', problem: { code: 'server-gone' } });
    if (result.status === 'aborted') expect(result.partial?.tps).toBeGreaterThan(0);
    expect(result).not.toHaveProperty('report');
  });

  test('an aborted signal', async () => {
    const controller = new AbortController();
    const folder = scratch();
    const run = pgbench({
      ...where(),
      seconds: 600,
      processes: 2,
      scripts: selects,
      log: { folder },
      signal: controller.signal,
    });
    for await (const _ of run.progress) {
      controller.abort();
      break;
    }
    const result = await run.result;
    expect(result).toMatchObject({ status: 'aborted', problem: { code: 'interrupted' }, partial: undefined });
    expect(result.progress.length).toBeGreaterThan(0);
    const logs = await summariseRun(result);
    expect(logs.transactions).toBeGreaterThan(100);
    expect(logs.missing).toBeUndefined();
    const file = path.join(folder, 'recording');
    const { end } = await writeRecording(result, file);
    expect(end).toMatchObject({ complete: false, reason: expect.stringContaining('interrupted') });
    expect(recordingLines(file).length).toBeGreaterThan(2);
  });

  test('a signal that was aborted before', async () => {
    expect((await aborted({ signal: AbortSignal.abort() })).problem.code).toBe('interrupted');
  });

  test.runIf(process.geteuid?.() === 0 && process.platform === 'linux')(
    'the disk is full: pgbench exits with 0, and the run is none',
    async () => {
      const folder = path.join(scratch(), 'tiny');
      mkdirSync(folder);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder]);
      onTestFinished(() => void execFileSync('umount', [folder]));
      const result = await aborted({ ...short, scripts: selects, log: { folder } });
      expect(result.problem).toMatchObject({
        code: 'log-lost',
        message: expect.stringMatching(/is cut off, of which pgbench says nothing: 0 MB are left/),
      });
      expect(result.partial?.transactions).toBeGreaterThan(1000);
      await expect(writeRecording(result, path.join(folder, 'r'))).rejects.toThrow(
        /no space left|not writable/,
      );
    },
  );

  // The last: nothing answers afterwards.
  test('the server dies', async () => {
    const folder = scratch();
    const run = pgbench({ ...where(), ...short, seconds: 60, scripts: selects, log: { folder } });
    for await (const _ of run.progress) {
      await bench.cluster.primary.service.kill();
      break;
    }
    const result = await run.result;
    expect(result).toMatchObject({ status: 'aborted', problem: { code: 'server-gone' } });
    // Printed as if nothing had happened: the trap.
    if (result.status === 'aborted') expect(result.partial?.tps).toBeGreaterThan(100);
    expect((await writeRecording(result, path.join(folder, 'r'))).end.complete).toBe(false);
  });
});
