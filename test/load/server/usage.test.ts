import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import type { UsageSample, UsageWish } from '../../../src/load/usage/index.ts';
import { sampleUsage, usageOf } from '../../../src/load/usage/index.ts';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    on: 'auto',
    settings: { max_connections: 50 },
    throwaway: false,
    topology: {
      database: 'postgres',
      wish: {
        replicas: 1,
        pooler: { mode: 'transaction', maxClients: 100, poolSize: 2, writer: 'app', reader: 'app_ro' },
      },
    },
  });
  await run('CREATE TABLE t (id int PRIMARY KEY, n int)');
  await run('INSERT INTO t VALUES (1, 0)');
});
afterAll(() => cluster?.close());

async function run(statement: string): Promise<void> {
  const client = await cluster.primary.connect();
  await client.query(statement).finally(() => client.end());
}

class Seen<T> {
  resolve: (value: T) => void = () => undefined;
  readonly promise = new Promise<T>((resolve) => {
    this.resolve = resolve;
  });
}

/** Samples until one is as it should be, and gives it. */
async function until(
  wish: UsageWish,
  fits: (sample: UsageSample) => boolean,
  work: () => Promise<unknown> = async () => undefined,
): Promise<{ sample: UsageSample; blind: readonly string[]; samples: readonly UsageSample[]; own: number }> {
  const seen = new Seen<UsageSample>();
  const sampler = await sampleUsage({
    intervalMs: 250,
    ...wish,
    onSample: (sample) => {
      if (fits(sample)) seen.resolve(sample);
    },
  });
  const worked = work();
  try {
    const sample = await seen.promise;
    return { sample, ...rest(await sampler.stop()) };
  } finally {
    await sampler.stop();
    await worked.catch(() => undefined);
  }
}

function rest({
  samples,
  blind,
  ownSeconds,
}: Awaited<ReturnType<Awaited<ReturnType<typeof sampleUsage>>['stop']>>) {
  return { samples, blind, own: ownSeconds };
}

describe.runIf(process.platform === 'linux')('processor time', () => {
  test('is the server’s when the server works', async () => {
    const { sample, blind } = await until(
      usageOf(cluster),
      ({ processor, seconds }) => (processor?.server ?? 0) > 0.3 * seconds,
      () => run('SELECT count(*) FROM generate_series(1, 6000000)'),
    );
    expect(blind).toEqual([]);
    const { processor = {}, machine } = sample;
    expect(Object.keys(processor).sort()).toEqual(['other', 'pgattest', 'pooler', 'replicas', 'server']);
    expect(processor.server).toBeGreaterThan(3 * (processor.pooler ?? 0));
    const used = Object.values(processor).reduce((sum, each) => sum + each, 0);
    // The kernel counts in hundredths of a second, and processes apart from cores.
    expect(Math.abs(used - (machine?.busy ?? 0))).toBeLessThan(0.1);
    expect((machine?.busy ?? 0) + (machine?.idle ?? 0)).toBeGreaterThan(0.5 * sample.seconds);
  });

  test('is the generator’s when that works, also through a child that has ended', async () => {
    const child = spawn('sh', [
      '-c',
      'i=0; while [ $i -lt 200 ]; do sh -c "j=0; while [ \\$j -lt 20000 ]; do j=\\$((j+1)); done"; i=$((i+1)); done',
    ]);
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child, 'spawn');
    const { pid } = child;
    if (pid === undefined) throw new Error('no generator');
    const seen = new Seen<UsageSample>();
    const sampler = await sampleUsage({
      ...usageOf(cluster),
      intervalMs: 250,
      onSample: (sample) => {
        if ((sample.processor?.generator ?? 0) > 0.3 * sample.seconds) seen.resolve(sample);
      },
    });
    const end = sampler.watch('generator', pid);
    const { processor } = await seen.promise;
    expect(processor?.generator).toBeGreaterThan(2 * (processor?.pgattest ?? 0));
    end();
    await sampler.stop();
  });

  test('of a process that is not there is not seen, and said so', async () => {
    const sampler = await sampleUsage({ processes: { server: () => [2 ** 22 + 1] }, intervalMs: 50 });
    const { blind } = await sampler.stop();
    expect(blind).toContain('processor time of the server: its process is not to be seen from here');
  });
});

test('what the backends wait for is seen: a lock, and a nap', async () => {
  const [holder, waiter, sleeper] = await Promise.all([1, 2, 3].map(() => cluster.primary.connect()));
  await holder?.query('BEGIN; UPDATE t SET n = n + 1');
  const waiting = waiter?.query('UPDATE t SET n = n + 1');
  const sleeping = sleeper?.query('SELECT pg_sleep(30)').catch(() => undefined);
  const { sample } = await until(
    usageOf(cluster),
    ({ server }) => (server?.lockWaits ?? 0) === 1 && server?.waits['Timeout:PgSleep'] === 1,
  );
  expect(sample.server).toMatchObject({
    active: 2,
    idleInTransaction: 1,
    lockWaits: 1,
    waits: { 'Lock:transactionid': 1 },
  });
  await holder?.query('COMMIT');
  await waiting;
  await run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`);
  await sleeping;
  await Promise.all([holder, waiter].map((client) => client?.end()));
});

test('commits, WAL, checkpoints and the replica are counted from one sample to the next', async () => {
  const { sample } = await until(
    usageOf(cluster),
    ({ server }) => (server?.checkpoints.requested ?? 0) > 0,
    async () => {
      await run('UPDATE t SET n = n + 1');
      await run('CHECKPOINT');
    },
  );
  expect(sample.server?.wal.bytes).toBeGreaterThanOrEqual(0);
  expect(sample.replicas).toEqual([
    { name: 'replica_1', behindBytes: expect.any(Number), behindMilliseconds: expect.any(Number) },
  ]);
});

test('clients that wait at the pooler are seen', async () => {
  await run(`CREATE ROLE app LOGIN PASSWORD 'secret'`);
  const pooler = cluster.topology?.pooler;
  const ca = cluster.topology?.ground.tls.ca;
  if (pooler === undefined || ca === undefined) throw new Error('no pooler');
  const { default: pg } = await import('pg');
  const clients = Array.from(
    { length: 5 },
    () => new pg.Client({ ...pooler.tcp, ssl: { ca }, user: 'app', password: 'secret', database: 'app' }),
  );
  for (const client of clients) client.on('error', () => undefined);
  await Promise.all(clients.map((client) => client.connect()));
  const sleeping = clients.map((client) => client.query('SELECT pg_sleep(30)').catch(() => undefined));
  const { sample } = await until(usageOf(cluster), ({ pooler: seen }) => (seen?.clientsWaiting ?? 0) === 3);
  expect(sample.pooler).toMatchObject({ clientsActive: 2, serversActive: 2, poolsFull: 1 });
  await run(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'`);
  await run('ALTER ROLE app NOLOGIN');
  await Promise.all(clients.map((client) => client.end()));
  await Promise.all(sleeping);
});

test('a server that hangs is seen by its silence, and the sampler goes on and stops', async () => {
  const { service } = cluster.primary;
  const sampler = await sampleUsage({ ...usageOf(cluster), intervalMs: 100 });
  await service.freeze();
  try {
    const { promise, resolve } = new Seen<void>();
    const second = await sampleUsage({ ...usageOf(cluster), intervalMs: 100, onSample: () => resolve() });
    await promise;
    const { samples } = await second.stop();
    expect(samples[0]?.server).toBeUndefined();
    expect(samples[0]?.machine).toBeDefined();
  } finally {
    await service.thaw();
    await sampler.stop();
  }
});
