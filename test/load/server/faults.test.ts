import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { checkOf } from '../../../src/checks/index.ts';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { Session } from '../../../src/cluster/session.ts';
import { validateDesign } from '../../../src/design/validate.ts';
import type { Fault } from '../../../src/faults/fault.ts';
import { faults } from '../../../src/faults/index.ts';
import { withBench } from '../../../src/scenarios/bench.ts';
import { runTrial } from '../../../src/scenarios/trial.ts';
import { notes } from '../notes/design.ts';

let cluster: Cluster;
let client: pg.Client;
beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  client = await cluster.primary.connect();
});
afterAll(async () => {
  await client?.end();
  await cluster?.close();
});

/** A table with an index, one in partitions, and one that was only ever filled. */
beforeEach(async () => {
  await client.query(`
    DROP TABLE IF EXISTS plain, parted, filled;
    CREATE TABLE plain (id int PRIMARY KEY, n int NOT NULL);
    CREATE TABLE parted (id int, n int NOT NULL, PRIMARY KEY (id)) PARTITION BY RANGE (id);
    CREATE TABLE parted_low PARTITION OF parted FOR VALUES FROM (0) TO (1000);
    CREATE TABLE parted_high PARTITION OF parted FOR VALUES FROM (1000) TO (10000);
    CREATE TABLE filled (id int PRIMARY KEY);
    INSERT INTO plain SELECT g, g FROM generate_series(1, 2000) g;
    INSERT INTO parted SELECT g, g FROM generate_series(1, 2000) g;
    INSERT INTO filled SELECT generate_series(1, 20000)`);
  await client.query('ANALYZE plain, parted, filled');
});

/** With the fault in; it is healed when the test is done, whatever becomes of it. */
async function inject(fault: Fault): Promise<() => Promise<void>> {
  const target = { session: new Session(client), cluster };
  onTestFinished(() => fault.heal(target));
  await fault.inject(target);
  return () => fault.heal(target);
}

/** Names of the plan's nodes. */
async function nodes(sql: string): Promise<string> {
  const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (COSTS off) ${sql}`);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** Uses indexes, so that the server has it on record that they are. */
async function lookUp(table: string): Promise<void> {
  for (let id = 1; id < 50; id++) await client.query(`SELECT n FROM ${table} WHERE id = $1`, [id]);
  const { rows } = await client.query<{ now: number }>('SELECT pg_stat_force_next_flush(), 1 AS now');
  expect(rows).toHaveLength(1);
  const used = async () => {
    const { rows: found } = await client.query<{ scans: number }>(
      `SELECT coalesce(sum(idx_scan), 0)::int AS scans FROM pg_stat_user_tables
       WHERE relid IN (SELECT relid FROM pg_partition_tree($1::regclass) UNION SELECT $1::regclass)`,
      [table],
    );
    return found[0]?.scans ?? 0;
  };
  await expect.poll(used, { timeout: 10_000 }).toBeGreaterThan(0);
}

describe('indexes-hidden', () => {
  const lookups = {
    plain: 'SELECT n FROM plain WHERE id = 7',
    parted: 'SELECT n FROM parted WHERE id = 1500',
    filled: 'SELECT id FROM filled WHERE id = 7',
  };

  test('of all tables: lookups read the whole table, and when healed the index again', async () => {
    const heal = await inject(faults['indexes-hidden']('all'));
    for (const sql of Object.values(lookups)) expect(await nodes(sql)).toMatch(/^Seq Scan/);
    await heal();
    for (const sql of Object.values(lookups)) expect(await nodes(sql)).toMatch(/^Index /);
  });

  test('of the busiest: those that lookups used, with their partitions', async () => {
    await lookUp('parted');
    await lookUp('plain');
    const heal = await inject(faults['indexes-hidden']());
    expect(await nodes(lookups.parted)).toMatch(/^Seq Scan on parted_high/);
    expect(await nodes(lookups.plain)).toMatch(/^Seq Scan/);
    await heal();
    expect(await nodes(lookups.parted)).toMatch(/^Index /);
  });

  test('what is unique stays so, and what was not valid before is not made so', async () => {
    await client.query('CREATE INDEX lame ON plain (n)');
    await client.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'lame'::regclass`);
    const heal = await inject(faults['indexes-hidden']('all'));
    await expect(client.query('INSERT INTO plain VALUES (7, 7)')).rejects.toMatchObject({ code: '23505' });
    await heal();
    const { rows } = await client.query(
      'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid',
    );
    expect(rows).toEqual([{ name: 'lame' }]);
  });
});

describe('errors-let-in', () => {
  async function failures(sql: string, times: number): Promise<number> {
    let failed = 0;
    for (let n = 0; n < times; n++) {
      await client.query(sql, [n + 1]).catch((error: Error) => {
        expect(error.message).toBe('let in');
        failed++;
      });
    }
    return failed;
  }

  test.each([
    ['a table', 'UPDATE plain SET n = n + 1 WHERE id = $1'],
    ['a table in partitions', 'UPDATE parted SET n = n + 1 WHERE id = $1'],
  ])('about one in so many writes of %s fails, although another was filled with more', async (_, sql) => {
    const heal = await inject(faults['errors-let-in'](10));
    const failed = await failures(sql, 1000);
    // Six standard deviations of a binomial draw around 100.
    expect(failed).toBeGreaterThan(43);
    expect(failed).toBeLessThan(157);
    await heal();
    expect(await failures(sql, 200)).toBe(0);
    const { rows } = await client.query(
      "SELECT FROM pg_trigger WHERE tgname LIKE 'pgattest%' UNION ALL SELECT FROM pg_proc WHERE proname LIKE 'pgattest%'",
    );
    expect(rows).toEqual([]);
  });

  test('can be let in again after it was healed', async () => {
    const fault = faults['errors-let-in'](1);
    const heal = await inject(fault);
    await heal();
    await inject(fault);
    await expect(client.query('UPDATE plain SET n = 0')).rejects.toThrow('let in');
  });

  test('where there is no table it says so', async () => {
    await client.query('DROP TABLE plain, parted, filled');
    await expect(inject(faults['errors-let-in']())).rejects.toThrow(/no table to let errors into/);
  });
});

describe('server-throttled', () => {
  const busy = 'SELECT count(*) FROM generate_series(1, 200000) g WHERE md5(g::text) IS NOT NULL';

  async function took(): Promise<number> {
    const began = performance.now();
    await client.query(busy);
    return performance.now() - began;
  }

  async function fastest(times: number): Promise<number> {
    let best = Number.POSITIVE_INFINITY;
    for (let n = 0; n < times; n++) best = Math.min(best, await took());
    return best;
  }

  /** States of the postmaster's processes: T is stopped. */
  async function alive(): Promise<void> {
    const other = await cluster.primary.connect();
    await other.query('SELECT 1');
    await other.end();
  }

  test('what needs the processor takes many times as long, and as before when healed', async () => {
    const before = await fastest(3);
    const heal = await inject(faults['server-throttled'](0.1));
    const during = await took();
    await heal();
    expect(during).toBeGreaterThan(3 * before);
    expect(await fastest(5)).toBeLessThan(3 * before);
    await alive();
  });

  test('a check that throws does not leave it frozen', async () => {
    const design = validateDesign(notes({ pooler: false }), import.meta.filename);
    const check = checkOf('load.within');
    if (check === undefined) throw new Error('no check load.within');
    const stage = {
      database: 'postgres',
      actors: [],
      digest: '',
      rows: {},
      catalog: {} as never,
    };
    const { signal } = new AbortController();
    const trial = withBench({ cluster, database: 'postgres', stage, design, signal }, (bench) =>
      runTrial(
        bench,
        check,
        { kind: 'load.within', sql: 'SELECT 1 / 0', belowMs: 1 },
        { memory: new Map(), fault: faults['server-throttled'](0.05) },
      ),
    );
    await expect(trial).rejects.toThrow(/division by zero/);
    await alive();
    expect(await fastest(3)).toBeLessThan(5_000);
  });

  test('a server that dies meanwhile ends it, and healing is not stuck', async () => {
    const own = await startCluster({ on: 'auto', settings: {}, throwaway: true });
    onTestFinished(() => own.close());
    const session = await own.primary.connect();
    session.on('error', () => {});
    const target = { session: new Session(session), cluster: own };
    const fault = faults['server-throttled'](0.1);
    await fault.inject(target);
    await own.primary.service.kill();
    await fault.heal(target);
    await session.end().catch(() => {});
  });
});
