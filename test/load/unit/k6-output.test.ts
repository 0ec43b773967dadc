import { describe, expect, test } from 'vitest';
import { commandOf } from '../../../src/load/k6/arguments.ts';
import { type Exit, endingOf } from '../../../src/load/k6/ending.ts';
import { ProgressReader, readLog } from '../../../src/load/k6/output.ts';
import { readSummary } from '../../../src/load/k6/summary.ts';

test('progress is that of the test, and the mean of its scenarios', () => {
  const reader = new ProgressReader();
  expect(reader.latest).toBeUndefined();
  const lines = [
    'running (1h02m03.5s), 12/20 VUs, 345 complete and 2 interrupted iterations',
    'reads     [  50% ] 10/10 VUs  05s/10s  100.00 iters/s',
    'writes ✓ [ 100% ] 2/2 VUs  05s/10s',
  ];
  expect(lines.map((line) => reader.read(line))).toEqual([false, true, true]);
  expect(reader.latest).toEqual({
    fraction: 0.75,
    elapsed: 3723.5,
    activeUsers: 12,
    iterations: 345,
    interrupted: 2,
  });
  expect(reader.read('     execution: local')).toBe(false);
});

test('what is not a line of the log is an error as it stands', () => {
  expect(readLog('{"level":"warning","msg":" careful ","source":"console","time":"…"}')).toEqual({
    level: 'warning',
    message: 'careful',
    source: 'console',
  });
  expect(readLog('panic: runtime error')).toEqual({
    level: 'error',
    message: 'panic: runtime error',
    source: null,
  });
});

test('in an exported summary a threshold is true when it was crossed', () => {
  const text = JSON.stringify({
    metrics: {
      iterations: { count: 58, rate: 18.7, thresholds: { 'count>1000': true, 'count>1': false } },
      dropped_iterations: { count: 3, rate: 1 },
      checks: { passes: 1, fails: 2 },
      vus_max: { value: 2, min: 2, max: 4 },
    },
  });
  expect(readSummary(text, { seconds: 3, interrupted: 1 })).toEqual({
    iterations: 58,
    droppedIterations: 3,
    interruptedIterations: 1,
    checksFailed: 2,
    seconds: 3,
    usersMax: 4,
    thresholds: [
      { metric: 'iterations', source: 'count>1000', ok: false },
      { metric: 'iterations', source: 'count>1', ok: true },
    ],
    metrics: {
      iterations: { count: 58, rate: 18.7 },
      dropped_iterations: { count: 3, rate: 1 },
      checks: { passes: 1, fails: 2 },
      vus_max: { value: 2, min: 2, max: 4 },
    },
  });
  expect(readSummary(text.slice(0, 40), { seconds: 3, interrupted: 1 })).toBeNull();
});

describe('how k6 ended', () => {
  const exit: Exit = { code: 0, signal: null, stopped: null, errors: ['first', 'last'], summary: null };
  test.each<[Partial<Exit>, object]>([
    [{}, { kind: 'passed' }],
    [{ code: 99 }, { kind: 'thresholds', crossed: [] }],
    [{ code: 107 }, { kind: 'script', message: 'last' }],
    [{ code: 104 }, { kind: 'script', message: 'last' }],
    [{ code: 255 }, { kind: 'script', message: 'last' }],
    [{ code: 108 }, { kind: 'gave-up', message: 'last' }],
    [{ code: 105 }, { kind: 'aborted' }],
    [{ code: 105, stopped: 'aborted' }, { kind: 'aborted' }],
    [{ code: null, signal: 'SIGKILL', stopped: 'timeout' }, { kind: 'timeout' }],
    [
      { code: null, signal: 'SIGKILL', errors: [] },
      { kind: 'failed', message: 'k6 was killed by SIGKILL' },
    ],
    [
      { code: 2, errors: [] },
      { kind: 'failed', message: 'k6 ended with 2' },
    ],
  ])('%j', (part, ending) => {
    expect(endingOf({ ...exit, ...part })).toEqual(ending);
  });
});

test('the password is in the environment alone, and nothing of the caller gets through', () => {
  const { file, args, env } = commandOf(
    {
      script: 's.ts',
      binary: '/k6',
      folder: '/f',
      password: 's3cret',
      env: { A: '1' },
      segment: { part: '0:1/2', sequence: '0,1/2,1' },
      processors: '0,1',
    },
    '/bin',
  );
  expect([file, ...args.slice(0, 4)]).toEqual(['taskset', '-c', '0,1', '/k6', 'run']);
  expect(args).toContain('--no-usage-report');
  expect(args).toContain('--execution-segment=0:1/2');
  expect(args.join(' ')).not.toContain('s3cret');
  expect(env).toEqual({
    A: '1',
    PATH: '/bin',
    HOME: '/f',
    PGATTEST_PASSWORD: 's3cret',
    PGATTEST_STOP_WITH_STDIN: '1',
  });
});
