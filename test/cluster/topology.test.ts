import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { measureLag } from '../../src/cluster/lag.ts';
import { thisMachine } from '../../src/cluster/machine.ts';
import type { Topology } from '../../src/cluster/topology.ts';
import { until } from '../../src/cluster/until.ts';
import { runFolders } from './support.ts';

let cluster: Cluster;
let topology: Topology;
beforeAll(async () => {
  cluster = await startCluster({
    on: 'auto',
    settings: { max_connections: 50 },
    throwaway: false,
    topology: {
      database: 'app',
      wish: {
        replicas: 2,
        pooler: { mode: 'transaction', maxClients: 100, poolSize: 10, writer: 'app', reader: 'app_ro' },
        archive: { timeout: '90s' },
      },
    },
  });
  if (cluster.topology === undefined) throw new Error('no topology');
  topology = cluster.topology;
  await cluster.primary.createDatabase('app');
  await query(`CREATE ROLE app LOGIN PASSWORD 'secret'`);
});
afterAll(() => cluster?.close());

describe('replicas', () => {
  test('stream over slots of their own, by their names, over TLS', async () => {
    const rows = await query(`SELECT application_name AS name, slot_name AS slot, state, ssl
      FROM pg_stat_replication JOIN pg_replication_slots ON active_pid = pid JOIN pg_stat_ssl USING (pid) ORDER BY 1`);
    expect(rows).toEqual([
      { name: 'replica_1', slot: 'replica_1', state: 'streaming', ssl: true },
      { name: 'replica_2', slot: 'replica_2', state: 'streaming', ssl: true },
    ]);
  });

  test('one that is killed is gone from the list, and streams again at its place', async () => {
    const [replica] = topology.replicas;
    const before = replica?.server.tcp;
    await replica?.kill();
    await expect(replica?.server.connect()).rejects.toThrow();
    expect(await until(async () => (await streaming()) === 1, 10_000)).toBe(true);
    await replica?.start();
    expect(await streaming()).toBe(2);
    expect(replica?.server.tcp).toEqual(before);
  });

  test('the lag of each is measured, and a replica that stands still is behind', async () => {
    const lags = await measureLag(cluster.primary, topology.replicas, {
      milliseconds: 500,
      patienceMs: 5_000,
    });
    expect(lags.map(({ replica, missing }) => [replica, missing])).toEqual([
      ['replica_1', 0],
      ['replica_2', 0],
    ]);
    for (const { commits, p50, p95, p99, max, histogram } of lags) {
      expect(commits).toBeGreaterThan(10);
      expect([p50, p95, p99, max]).toEqual([p50, p95, p99, max].toSorted((a, b) => a - b));
      expect(histogram).toMatch(/(%|×)$/);
    }
    const still = await topology.replicas[1]?.server.connect();
    await still?.query('SELECT pg_wal_replay_pause()');
    try {
      const [follows, stands] = await measureLag(cluster.primary, topology.replicas, {
        milliseconds: 200,
        patienceMs: 200,
      });
      expect(follows?.missing).toBe(0);
      expect(stands).toMatchObject({ replica: 'replica_2', commits: 0 });
      expect(stands?.missing).toBeGreaterThan(0);
    } finally {
      await still?.query('SELECT pg_wal_replay_resume()');
      await still?.end();
    }
  });
});

describe('the pooler', () => {
  beforeEach(({ skip }) => {
    if (topology.pooler === undefined) skip('PgBouncer is not installed');
  });

  test('leads its writer entry to the primary and its reader entry to the replicas', async () => {
    expect(await through('app', 'SELECT pg_is_in_recovery() AS replica')).toEqual([{ replica: false }]);
    expect(await through('app_ro', 'SELECT pg_is_in_recovery() AS replica')).toEqual([{ replica: true }]);
  });

  test('asks the server for passwords, and has no file of them', async () => {
    const config = new Map((await topology.pooler?.ask('SHOW CONFIG'))?.map((row) => [row.key, row.value]));
    expect(config.get('auth_type')).toBe('scram-sha-256');
    expect(config.get('auth_query')).toMatch(/pg_shadow/);
    const users = await cluster.host.readFile(
      path.join(path.dirname(topology.pooler?.file ?? ''), 'userlist.txt'),
    );
    expect(users).not.toContain('"app"');
    await expect(through('app', 'SELECT 1', { password: 'wrong' })).rejects.toThrow(/password|auth/i);
  });

  test('says what it is meant to say by itself, whatever its version does', async () => {
    const config = new Map((await topology.pooler?.ask('SHOW CONFIG'))?.map((row) => [row.key, row.value]));
    expect(Object.fromEntries(config)).toMatchObject({
      pool_mode: 'transaction',
      max_client_conn: '100',
      default_pool_size: '10',
      query_wait_timeout: '30',
      server_login_retry: '1',
      client_tls_sslmode: 'require',
      server_tls_sslmode: 'verify-ca',
    });
  });

  test('runs with other values after a change, and as before when it is taken back', async () => {
    const mode = async () =>
      (await topology.pooler?.ask('SHOW CONFIG'))?.find((row) => row.key === 'pool_mode')?.value;
    await topology.pooler?.change((input) => input, {
      edit: (text) => text.replace('pool_mode = transaction', 'pool_mode = session'),
      restart: true,
    });
    expect(await mode()).toBe('session');
    await topology.pooler?.change((input) => input, { restart: true });
    expect(await mode()).toBe('transaction');
  });
});

describe('TLS', () => {
  test('is on everywhere, and a plain connection is refused', async () => {
    for (const server of [cluster.primary, ...topology.replicas.map((each) => each.server)]) {
      const login = { ...server.tcp, user: 'app', password: 'secret', database: 'postgres' };
      await expect(once({ ...login, ssl: false }, 'SELECT 1')).rejects.toThrow(/no encryption/);
      const [row] = await once(
        { ...login, ssl: { ca: topology.ground.tls.ca } },
        'SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()',
      );
      expect(row).toEqual({ ssl: true, version: 'TLSv1.3' });
    }
  });

  test('files of the primary are not open to others', async () => {
    const result = await cluster.host.exec(['stat', '-c', '%a', topology.ground.tls.key]);
    expect(result.stdout.trim()).toBe('600');
  });
});

describe('the archive', () => {
  test('has a segment soon after it was ended, and none that never was', async () => {
    await query("SELECT pg_logical_emit_message(true, 'test', 'archive')");
    const [row] = await query('SELECT pg_walfile_name(pg_switch_wal()) AS segment');
    const holds = async (segment: unknown) =>
      topology.ground.archive?.holds(String(segment), cluster.primary);
    expect(await until(async () => (await holds(row?.segment)) === true, 10_000)).toBe(true);
    expect(await holds('0000000100000000000000FE')).toBe(false);
  });

  test('runs with the design’s time-out', async () => {
    expect(await query('SHOW archive_timeout')).toEqual([{ archive_timeout: '90s' }]);
  });
});

test('a start that is interrupted leaves nothing', async () => {
  const machine = thisMachine();
  const before = runFolders(machine);
  const interrupted = new AbortController();
  const reason = new Error('enough');
  const starting = startCluster({
    on: 'auto',
    settings: {},
    throwaway: true,
    topology: { database: 'app', wish: { replicas: 2, archive: { timeout: '60s' } } },
    signal: interrupted.signal,
  });
  // As soon as there is something to leave behind.
  await until(() => runFolders(machine).length > before.length, 10_000);
  interrupted.abort(reason);
  await expect(starting).rejects.toBe(reason);
  expect(runFolders(machine)).toEqual(before);
});

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = await cluster.primary.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function streaming(): Promise<number> {
  const [row] = await query(
    "SELECT count(*)::int AS count FROM pg_stat_replication WHERE state = 'streaming'",
  );
  return Number(row?.count);
}

function through(database: string, sql: string, more: pg.ClientConfig = {}) {
  const { pooler, ground } = topology;
  if (pooler === undefined) throw new Error('no pooler');
  const login = { user: 'app', password: 'secret', database, ssl: { ca: ground.tls.ca } };
  return once({ ...pooler.tcp, ...login, ...more }, sql);
}

async function once(config: pg.ClientConfig, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(config);
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
