import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { until } from '../../../src/cluster/until.ts';
import { prepareLedger } from '../../../src/recovery/ledger/schema.ts';
import { scratchFolder } from '../../cluster/support.ts';
import {
  acknowledged,
  administer,
  compare,
  database,
  ledgerCluster,
  login,
  startLoad,
  wrongs,
} from './ledger-stand.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await ledgerCluster();
});
afterAll(() => cluster?.close());

const prepare = (tenants = 3, role = 'app') => prepareLedger(cluster.primary, database, { role, tenants });

describe('the tables', () => {
  test('are made anew, empty', async () => {
    await prepare();
    const load = await startLoad(cluster.primary);
    await acknowledged(load, 20);
    await load.stop();
    await prepare();
    const comparison = await compare(cluster.primary, load.file);
    expect(comparison).toMatchObject({ found: 0, lost: { count: comparison.counts.acknowledged } });
  });

  test('are written by posting and by nothing else', async () => {
    await prepare();
    const client = await cluster.primary.connect({ database });
    try {
      await client.query('SET SESSION AUTHORIZATION app');
      await client.query('SELECT pgattest_ledger.post(0, 1, 0)');
      for (const sql of [
        'SELECT FROM pgattest_ledger.entry',
        'DELETE FROM pgattest_ledger.entry',
        'UPDATE pgattest_ledger.account SET balance = 0',
        'CREATE TABLE pgattest_ledger.mine ()',
      ]) {
        await expect(client.query(sql), sql).rejects.toThrow(/permission denied/);
      }
      await client.query('RESET SESSION AUTHORIZATION; CREATE ROLE nobody; SET SESSION AUTHORIZATION nobody');
      await expect(client.query('SELECT pgattest_ledger.post(0, 2, 0)')).rejects.toThrow(/permission denied/);
    } finally {
      await client.end();
    }
  });

  test('are for a role of any name, and for no role that is not there', async () => {
    const role = 'we"ird; DROP SCHEMA pgattest_ledger CASCADE; --';
    await administer(cluster.primary, `CREATE ROLE "we""ird; DROP SCHEMA pgattest_ledger CASCADE; --"`);
    await prepare(1, role);
    await expect(prepare(1, 'missing')).rejects.toThrow('role "missing" does not exist');
    await expect(prepare(0)).rejects.toThrow('ledger: 0 cannot be a number of tenants');
    await prepare();
  });
});

describe('writers', () => {
  test('keep to a steady rate', async () => {
    await prepare();
    const load = await startLoad(cluster.primary, { ratePerSecond: 100 });
    expect(await until(() => performance.now() - load.origin > 3000, 10_000)).toBe(true);
    const { acknowledged: count } = load.counts;
    const seconds = (performance.now() - load.origin) / 1000;
    await load.stop();
    expect(count / seconds).toBeLessThan(110);
    expect(count / seconds).toBeGreaterThan(50);
  });

  test.each([
    [{ writers: 0 }, 'ledger: 0 cannot be a number of writers'],
    [{ ratePerSecond: 0 }, 'ledger: 0 cannot be a rate'],
    [{ file: '/nowhere/ledger' }, 'no such file or directory'],
  ])('do not begin with %j', async (options, says) => {
    await expect(startLoad(cluster.primary, options)).rejects.toThrow(says);
  });

  test('do not begin where they are not let in, nor over a file that is there', async () => {
    const route = () => ({ ...login(cluster.primary), password: 'wrong' });
    await expect(startLoad(cluster.primary, { route })).rejects.toThrow('password authentication failed');
    const file = path.join(scratchFolder(), 'ledger.jsonl');
    await (await startLoad(cluster.primary, { file })).stop();
    await expect(startLoad(cluster.primary, { file })).rejects.toThrow('EEXIST');
  });

  test('end with the signal', async () => {
    const abort = new AbortController();
    const load = await startLoad(cluster.primary, { signal: abort.signal });
    await acknowledged(load, 20);
    abort.abort(new Error('enough'));
    const { sent } = await load.stop();
    expect(load.counts.sent).toBe(sent);
    await expect(startLoad(cluster.primary, { signal: abort.signal })).rejects.toThrow('enough');
  });
});

describe('a file on a disk that is full', () => {
  test('ends the load, and holds no half of a line', async (context) => {
    const folder = path.join(scratchFolder(), 'disk');
    mkdirSync(folder);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder]).status !== 0) {
      return context.skip('needs the right to mount');
    }
    onTestFinished(() => void spawnSync('umount', ['-l', folder]));
    await prepare();
    const load = await startLoad(cluster.primary, { file: path.join(folder, 'ledger.jsonl') });
    const says = /no space left to write the ledger at .*ledger\.jsonl/;
    const signal = new AbortController().signal;
    await expect(load.goodAgain(performance.now(), 60_000, 60_000, signal)).rejects.toThrow(says);
    await expect(load.stop()).rejects.toThrow(says);
    await expect(load.stop()).rejects.toThrow(says);
    expect(existsSync(load.file)).toBe(true);
    const comparison = await compare(cluster.primary, load.file);
    expect(comparison.counts.acknowledged).toBeGreaterThan(500);
    expect(wrongs(comparison)).toEqual({});
  });
});
