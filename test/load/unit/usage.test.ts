import { describe, expect, test } from 'vitest';
import { poolerSample } from '../../../src/load/usage/pooler.ts';
import { coreTimesOf, cpuList, processTimesOf } from '../../../src/load/usage/proc.ts';
import { sampleUsage } from '../../../src/load/usage/sample.ts';

describe('/proc', () => {
  const stat = [
    'cpu  900 0 300 2000 100 0 0 60 0 0',
    'cpu0 300 10 100 700 50 1 2 20 5 0',
    'cpu1 200 0 100 600 50 0 0 20 0 0',
    'cpu2 400 0 100 700 0 0 0 20 0 0',
    'intr 1 2 3',
    '',
  ].join('\n');

  test('the cores that this process may use are added; guests are within user', () => {
    expect(coreTimesOf(stat, new Set([0, 2]))).toEqual({
      cores: 2,
      busy: expect.closeTo(9.13),
      idle: 14,
      ioWait: 0.5,
      steal: 0.4,
    });
  });

  test.each([
    ['0-3', [0, 1, 2, 3]],
    ['0', [0]],
    ['0-1,4,6-7', [0, 1, 4, 6, 7]],
    ['', []],
  ])('list of cores %j', (list, cores) => {
    expect([...cpuList(list)]).toEqual(cores);
  });

  test('the name of a process may hold blanks and brackets', () => {
    const rest = 'S 1 1 1 0 -1 4194560 1 2 3 4 150 50 1000 500 20 0 1 0 100 1 1';
    expect(processTimesOf(`7 (a) b (c) ${rest}`)).toEqual({ own: 2, ended: 15 });
  });
});

test('the pools of PgBouncer are added, and waits are of what came since', () => {
  const pool = {
    cl_active: '3',
    cl_waiting: '2',
    sv_active: '4',
    sv_idle: '1',
    sv_used: '1',
    maxwait: '1',
    maxwait_us: '250000',
  };
  const found = poolerSample(
    [pool, { ...pool, maxwait: '0', cl_waiting: '0' }],
    { transactions: 1100, waitMicroseconds: 9_000_000 },
    { transactions: 1000, waitMicroseconds: 8_000_000 },
  );
  expect(found).toEqual({
    clientsActive: 6,
    clientsWaiting: 2,
    serversActive: 8,
    serversIdle: 4,
    poolsFull: 0,
    longestWaitMilliseconds: 1250,
    meanWaitMilliseconds: 10,
  });
});

test('what cannot be seen is said', async () => {
  const sampler = await sampleUsage({ platform: 'darwin', intervalMs: 20 });
  const { samples, blind } = await sampler.stop();
  expect(samples).toEqual([]);
  expect(blind).toEqual([
    'pools of the pooler: not asked',
    'processor time: darwin has no /proc',
    'waits of the server: not asked',
  ]);
});
