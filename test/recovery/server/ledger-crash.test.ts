import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { launchPostgres, type Postgres } from '../../../src/cluster/postgres.ts';
import { until } from '../../../src/cluster/until.ts';
import { summaryOf } from '../../../src/recovery/ledger/read.ts';
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
  tenants,
  wrongs,
} from './ledger-stand.ts';

let cluster: Cluster | undefined;
/** The server as it runs now, and empty tables. */
let server: Postgres;
beforeEach(async () => {
  if (cluster === undefined) {
    cluster = await ledgerCluster();
    server = cluster.primary;
  }
  await prepareLedger(server, database, { role: 'app', tenants });
});
afterAll(() => cluster?.close());

const never = () => new AbortController().signal;

describe('a server that', () => {
  test.each(['SIGQUIT', 'SIGKILL'] as const)(
    'ends by %s and starts again has all it acknowledged',
    async (how) => {
      const load = await startLoad(server);
      await acknowledged(load, 300);
      const fault = performance.now();
      if (how === 'SIGKILL') await server.service.kill();
      else server.service.signal(how);
      await server.service.exited;
      await startAgain();
      const good = await load.goodAgain(fault, 500, 30_000, never());
      expect(good).toBeGreaterThan(fault);
      expect(load.rate(200)).toBeGreaterThan(0);
      const counts = await load.stop();
      // Each of them was about to send, or waited for an answer.
      expect(counts.indeterminate + counts.failed).toBeGreaterThan(0);
      const comparison = await compare(server, load.file);
      expect(wrongs(comparison)).toEqual({});
      expect(comparison.counts).toEqual(counts);
      const { header, ...summary } = await summaryOf(load.file);
      expect(summary.counts).toEqual(counts);
      expect(header.tenants).toBe(tenants);
    },
  );

  test('stands still loses its writers, and what they sent may be there or not', async (context) => {
    if (cluster?.host.abilities.has('freeze') !== true) return context.skip('nothing can be frozen here');
    const load = await startLoad(server);
    await acknowledged(load, 100);
    await server.service.freeze();
    try {
      const overdue = () => readFileSync(load.file, 'utf8').match(/"no answer within 2000 ms"/g)?.length ?? 0;
      expect(await until(() => overdue() === 8, 10_000)).toBe(true);
      expect(load.rate(1000)).toBe(0);
      expect(await load.goodAgain(load.origin, 10, 100, never())).toBeUndefined();
    } finally {
      await server.service.thaw();
    }
    expect(await load.goodAgain(performance.now(), 200, 20_000, never())).toBeDefined();
    await load.stop();
    await quiet(server);
    expect(wrongs(await compare(server, load.file))).toEqual({});
  });
});

test('connections that are ended are opened again', async () => {
  const load = await startLoad(server);
  for (let n = 0; n < 3; n++) {
    await acknowledged(load, 100);
    await administer(
      server,
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'pgattest ledger'`,
    );
  }
  await acknowledged(load, 100);
  const { failed } = await load.stop();
  const { counts, ...comparison } = await compare(server, load.file);
  expect(counts.failed).toBe(failed);
  expect(wrongs({ counts, ...comparison })).toEqual({});
});

test('a wait for a replica that is cancelled is no failure: the commit is there', async () => {
  const names = (value: string) =>
    administer(server, `ALTER SYSTEM SET synchronous_standby_names = '${value}'`).then(() =>
      administer(server, 'SELECT pg_reload_conf()'),
    );
  const load = await startLoad(server, { writers: 2 });
  await acknowledged(load, 10);
  await names('nobody');
  const waiting = `application_name = 'pgattest ledger' AND wait_event = 'SyncRep'`;
  const client = await server.connect();
  try {
    const wait = async () =>
      (await client.query(`SELECT FROM pg_stat_activity WHERE ${waiting}`)).rowCount === 2;
    expect(await until(wait, 10_000)).toBe(true);
    await client.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE ${waiting}`);
  } finally {
    await names('');
    await client.end();
  }
  await acknowledged(load, 10);
  const counts = await load.stop();
  expect(counts).toMatchObject({ failed: 0, indeterminate: 0 });
  expect(wrongs(await compare(server, load.file))).toEqual({});
});

test('what the server refuses has failed, and is not there', async () => {
  const load = await startLoad(server);
  await acknowledged(load, 50);
  await administer(server, 'REVOKE EXECUTE ON FUNCTION pgattest_ledger.post FROM app', database);
  expect(await until(() => load.counts.failed >= 8, 10_000)).toBe(true);
  const since = performance.now();
  expect(await load.goodAgain(load.origin, 1, 50, never())).toBeUndefined();
  await administer(server, 'GRANT EXECUTE ON FUNCTION pgattest_ledger.post TO app', database);
  expect(await load.goodAgain(since, 100, 10_000, never())).toBeGreaterThan(since);
  const counts = await load.stop();
  expect(counts.indeterminate).toBe(0);
  expect(wrongs(await compare(server, load.file))).toEqual({});
});

test('writers are led elsewhere, at once when asked', async () => {
  const load = await startLoad(server);
  await acknowledged(load, 50);
  load.redirect(() => ({ ...login(server), application_name: 'elsewhere' }), true);
  const moved = async () => {
    const client = await server.connect();
    const { rowCount } = await client
      .query(`SELECT FROM pg_stat_activity WHERE application_name = 'elsewhere'`)
      .finally(() => client.end());
    return rowCount === 8;
  };
  expect(await until(moved, 10_000)).toBe(true);
  await load.stop();
  await quiet(server);
  expect(wrongs(await compare(server, load.file))).toEqual({});
});

test('a program that is killed leaves a ledger from which nothing is missing', async () => {
  const file = path.join(scratchFolder(), 'ledger.jsonl');
  const child = await startWriting(file, 300);
  child.kill('SIGKILL');
  await once(child, 'exit');
  await quiet(server);
  const comparison = await compare(server, file);
  expect(wrongs(comparison)).toEqual({});
  expect(comparison.counts.acknowledged).toBeGreaterThan(200);
  // What was under way, or was answered and not yet written down.
  expect(comparison.counts.indeterminate).toBeLessThanOrEqual(8);
});

/** Waits until no writer's transaction runs on the server. */
async function quiet(of: Postgres): Promise<void> {
  const client = await of.connect();
  try {
    const left = async () =>
      (await client.query(`SELECT FROM pg_stat_activity WHERE usename = 'app'`)).rowCount === 0;
    expect(await until(left, 20_000)).toBe(true);
  } finally {
    await client.end();
  }
}

async function startAgain(): Promise<void> {
  if (cluster === undefined) throw new Error('no cluster');
  const { binaries, data, socketFolder, place } = server;
  server = await launchPostgres(cluster.host, binaries, { name: 'primary', data, socketFolder, place });
}

/** Another node process that keeps a ledger, once it has so many acknowledgements. */
async function startWriting(file: string, commits: number): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('./ledger-holder.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', 'jiti/register', script, file, JSON.stringify(login(server)), String(commits)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('no output of the holder');
  await once(createInterface(child.stdout), 'line');
  return child;
}
