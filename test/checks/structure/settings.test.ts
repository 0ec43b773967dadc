import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ValidDesign } from '../../../src/design/validate.ts';
import type { Stand } from '../hostile/bench.ts';
import { expectBroken, expectHeld, expectProved, openShop, tryCheck } from './shop/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openShop();
});
afterAll(() => stand?.close());

const setting = (name: string, is?: unknown, more = {}) => ({ kind: 'structure.setting', name, is, ...more });
const settings = (values: Record<string, string | number>) => ({
  design: (design: ValidDesign): ValidDesign => ({
    ...design,
    postgres: { ...design.postgres, settings: { ...design.postgres.settings, ...values } },
  }),
});
const memory = (share: number) => ({ share, of: 'memory' });

test.each([
  ['shared_buffers', memory(0.25), 2],
  ['shared_buffers', '2048MB', 2],
  ['wal_buffers', '16MB', 2],
  ['work_mem', { atMost: '16MB' }, 2],
  ['work_mem', { atLeast: 16384 }, 2],
  ['checkpoint_timeout', '900s', 2],
  ['checkpoint_timeout', { atMost: '1h' }, 2],
  ['random_page_cost', 1.1, 2],
  ['log_connections', 'yes', 2],
  ['wal_level', 'REPLICA', 1],
  ['password_encryption', 'scram-sha-256', 1],
  ['shared_preload_libraries', '', 1],
  ['maintenance_work_mem', undefined, 1],
] as const)('%s is %j, and others are noticed', async (name, is, counterexamples) => {
  expect(await expectProved(stand, setting(name, is))).toBe(counterexamples);
});

test('a setting of the pooler', async () => {
  expect(await expectProved(stand, setting('max_client_conn', { atLeast: 10_000 }, { in: 'pooler' }))).toBe(
    2,
  );
  expect(await expectProved(stand, setting('pool_mode', 'transaction', { in: 'pooler' }))).toBe(1);
  const breach = await expectBroken(stand, setting('reserve_pool_size', 10, { in: 'pooler' }));
  expect(breach).toMatchObject({ object: 'setting reserve_pool_size', expected: '10', actual: '5' });
});

test.each([
  [
    'shared_buffers',
    memory(0.25),
    8388608,
    "8388608 (in 8kB: 64GB), 800 % of the machine's memory",
    "25 % of the machine's memory: 2GB",
  ],
  ['wal_buffers', '16MB', 16384, '16384 (in 8kB: 128MB)', '16MB'],
  ['work_mem', { atMost: '16MB' }, '17MB', '17MB', 'at most 16MB'],
  ['checkpoint_timeout', '15min', 900000, '900000 is above 86400', '15min'],
  ['checkpoint_timeout', '15min', '15MB', '15MB is no amount in s', '15min'],
  ['random_page_cost', 1.1, 'cheap', 'cheap is no number', '1.1'],
  ['wal_level', 'replica', 'hot_standby!', 'hot_standby! is none of minimal, replica, logical', 'replica'],
  ['log_connections', 'on', 'maybe', 'maybe is neither on nor off', 'on'],
  ['search_path', 'app', '"', 'invalid value for parameter "search_path": """', 'app'],
  ['shared_bufers', '2GB', '2GB', 'is not known to the server', '2GB'],
] as const)('%s = %j is told when it is %j', async (name, is, value, actual, expected) => {
  const breach = await expectBroken(stand, setting(name, is), settings({ [name]: value }));
  expect(breach).toMatchObject({ object: `setting ${name}`, actual, expected });
  expect(breach.says).toContain(name);
});

test('what is not declared is told', async () => {
  expect(await expectBroken(stand, setting('max_wal_size', '1GB'))).toMatchObject({
    actual: 'is not declared',
  });
});

test('settings of extensions that are not loaded are compared as they are', async () => {
  const otherwise = settings({ 'pg_cron.host': 'a', 'pg_cron.jobs': '10' });
  await expectHeld(stand, setting('pg_cron.host', 'a'), otherwise);
  await expectHeld(stand, setting('pg_cron.jobs', { atLeast: 5 }), otherwise);
});

const budget = { kind: 'structure.memory-budget' };

test('the memory that is allowed fits, and too much work_mem is noticed', async () => {
  expect(await expectProved(stand, budget)).toBe(1);
  expect(await expectProved(stand, { ...budget, connections: 3 })).toBe(1);
  expect(await expectProved(stand, { ...budget, share: 0.7 })).toBe(1);
});

test('the largest part is blamed, and all are told', async () => {
  const breach = await expectBroken(stand, budget, settings({ max_connections: 500 }));
  expect(breach).toMatchObject({ object: 'setting work_mem', expected: 'at most 8GB on small' });
  expect(breach.actual).toBe(
    '11.33GB: shared_buffers 2GB + 500 connections × work_mem 16MB + 3 autovacuum workers × maintenance_work_mem 512MB + wal_buffers 16MB',
  );
  const workers = settings({ autovacuum_work_mem: '4GB', wal_buffers: -1 });
  expect(await expectBroken(stand, budget, workers)).toMatchObject({ object: 'setting autovacuum_work_mem' });
  expect(await expectBroken(stand, budget, settings({ shared_buffers: 1048576 }))).toMatchObject({
    object: 'setting shared_buffers',
  });
});

test('without a tier nothing is known', async () => {
  const result = await tryCheck(stand, budget, { design: ({ tier: _, ...rest }) => rest });
  expect(result.outcome).toBe('not-exercised');
});
