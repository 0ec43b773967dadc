import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { startCluster } from '../../src/cluster/cluster.ts';
import type { Topology } from '../../src/cluster/topology.ts';
import { until } from '../../src/cluster/until.ts';
import { runFolders, scratchMachine } from '../cluster/support.ts';
import { containerCluster, whatIsLeft, withDocker } from './support.ts';

const wish = {
  replicas: 2,
  archive: { timeout: '60s' },
  pooler: { mode: 'transaction', maxClients: 100, poolSize: 5, writer: 'rw', reader: 'ro' },
} as const;

withDocker('a cluster in containers', () => {
  let cluster: Cluster;
  let topology: Topology;

  beforeAll(async () => {
    cluster = await startCluster({
      on: 'docker',
      settings: { work_mem: '8MB' },
      throwaway: false,
      topology: { wish, database: 'postgres' },
    });
    if (cluster.topology === undefined) throw new Error('no topology');
    topology = cluster.topology;
  });

  afterAll(() => cluster?.close());

  test('is PostgreSQL 15 with checksums, behind PgBouncer 1.21 or later, and says of which images', async () => {
    const client = await cluster.primary.connect();
    const { rows } = await client.query(
      "SELECT current_setting('work_mem') AS work_mem, current_setting('data_checksums') AS checksums",
    );
    await client.end();
    expect(rows).toEqual([{ work_mem: '8MB', checksums: 'on' }]);
    expect(cluster.facts.server).toMatch(/^PostgreSQL 15\./);
    expect(Number(topology.pooler?.version.split('.')[1])).toBeGreaterThanOrEqual(21);
    expect(
      cluster.facts.notes.filter((note) => /image of (postgres|pgbouncer): .*sha256:/.test(note)),
    ).toHaveLength(2);
    expect([...cluster.capabilities]).toEqual(
      expect.arrayContaining(['replicas', 'pooler', 'archive', 'tls', 'faults', 'pgbench']),
    );
  });

  test.each(['primary', 'pooler'])('%s takes verify-full and refuses what is plain', async (name) => {
    const { host, port } =
      name === 'primary' ? cluster.primary.tcp : (topology.pooler?.tcp ?? cluster.primary.tcp);
    const admin = await cluster.primary.connect();
    await admin.query("DROP ROLE IF EXISTS visitor; CREATE ROLE visitor LOGIN PASSWORD 'secret'");
    await admin.end();
    const database = name === 'primary' ? 'postgres' : wish.pooler.writer;
    const visit = async (ssl: pg.ClientConfig['ssl']) => {
      const client = new pg.Client({ host, port, user: 'visitor', password: 'secret', database, ssl });
      client.on('error', () => {});
      try {
        await client.connect();
        return await client.query('SELECT current_user AS who').then(({ rows }) => rows);
      } finally {
        await client.end().catch(() => undefined);
      }
    };
    expect(await visit({ ca: topology.ground.tls.ca })).toEqual([{ who: 'visitor' }]);
    await expect(visit(false)).rejects.toThrow();
    await expect(visit({})).rejects.toThrow(/self-signed|unable to (verify|get)/);
  });

  test('replicas show what the primary commits, and go on when they were killed or cut off', async () => {
    const client = await cluster.primary.connect();
    await client.query('CREATE TABLE IF NOT EXISTS seen (n int)');
    let n = 0;
    const seenBy = async (index: number) => {
      n++;
      await client.query('INSERT INTO seen VALUES ($1)', [n]);
      return until(async () => {
        const replica = await topology.replicas[index]?.server.connect();
        try {
          return (await replica?.query('SELECT FROM seen WHERE n = $1', [n]))?.rowCount === 1;
        } finally {
          await replica?.end();
        }
      }, 20_000);
    };
    expect(await seenBy(0)).toBe(true);
    expect(await seenBy(1)).toBe(true);
    await topology.replicas[0]?.kill();
    await topology.replicas[0]?.start();
    expect(await seenBy(0)).toBe(true);
    const restore = await topology.replicas[1]?.server.service.cutOff();
    await restore?.();
    expect(await seenBy(1)).toBe(true);
    await client.end();
  });

  test('a segment of WAL arrives in the archive', async () => {
    const client = await cluster.primary.connect();
    const { rows } = await client.query<{ segment: string }>(
      "SELECT pg_walfile_name(pg_switch_wal()) AS segment FROM pg_logical_emit_message(true, 'test', 'x')",
    );
    await client.end();
    const arrived = async () =>
      (await topology.ground.archive?.holds(rows[0]?.segment ?? '', cluster.primary)) === true;
    expect(await until(arrived, 20_000)).toBe(true);
    expect(cluster.facts.notes.join()).toContain('a repository of pgBackRest');
  });

  test('the pooler is found at the same address after a restart', async () => {
    const before = topology.pooler?.tcp;
    await topology.pooler?.restart();
    expect(topology.pooler?.tcp).toEqual(before);
    expect(await topology.pooler?.ask('SHOW VERSION')).toHaveLength(1);
  });
});

withDocker('a cluster in containers that does not come up', () => {
  test('says what the server says, and leaves nothing', async () => {
    const machine = scratchMachine();
    const start = containerCluster({ machine, settings: { work_mem: 'plenty' } });
    await expect(start).rejects.toMatchObject({ message: expect.stringContaining('work_mem') });
    expect(runFolders(machine)).toEqual([]);
  });

  test('ends when it is interrupted, and leaves nothing', async () => {
    const machine = scratchMachine();
    const controller = new AbortController();
    const start = containerCluster({
      machine,
      signal: controller.signal,
      topology: { wish, database: 'postgres' },
    });
    const outcome = start.then(
      () => 'up',
      (error: unknown) => error,
    );
    expect(await until(() => runFolders(machine).length > 0, 20_000)).toBe(true);
    const [run] = runFolders(machine);
    expect(await until(async () => (await whatIsLeft(run)).length > 3, 20_000)).toBe(true);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await outcome).toBe(reason);
    expect(await whatIsLeft(run)).toEqual([]);
    expect(runFolders(machine)).toEqual([]);
  });
});
