import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bulk, bulkAt } from '../../fixtures/saas/data/bulk.ts';
import { data } from '../../fixtures/saas/data.ts';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { migrate } from '../../src/cluster/migrate.ts';
import { openPools } from '../../src/data/pools.ts';
import { chunks } from '../../src/data/rows.ts';
import { fillAtScale } from '../../src/data/scale/index.ts';

const migrations = fileURLToPath(new URL('../../fixtures/saas/migrations', import.meta.url));
let cluster: Cluster;
let client: pg.Client;

beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  client = await cluster.primary.connect();
  await migrate(client, migrations);
  await fillAtScale({
    connect: () => cluster.primary.connect(),
    plan: data,
    design: { name: 'saas-gcp', digest: 'x', file: 'data.ts' },
    seed: 1,
    scale: 10,
    workers: 2,
    threads: false,
  });
});
afterAll(async () => {
  await client?.end();
  await cluster?.close();
});

async function one(sql: string): Promise<unknown> {
  const result = await client.query<Record<string, unknown>>(sql);
  return Object.values(result.rows[0] ?? {})[0];
}

test('rows of the blocks are the same at every scale', async () => {
  const now = new Date('2026-03-15T12:00:00Z');
  const text = async (scale: number, table: number, rows: number) => {
    const world = { seed: 1, scale, now, pools: await openPools(1) };
    const of = data.tables[table];
    if (of === undefined) return '';
    return Array.from(chunks(world, of, 0, rows), (chunk) => chunk.text).join('');
  };
  for (const [n, table] of data.tables.entries()) {
    const rows = table.rows(1);
    expect(await text(12, n, rows), table.table).toBe(await text(1, n, rows));
  }
});

test('tenants differ in size by Zipf’s law, and small ones keep what their block gives them', async () => {
  const { rows } = await client.query<{ tasks: number }>(`
    SELECT count(t.id)::int AS tasks FROM app.organizations o JOIN app.projects p ON p.organization_id = o.id
      JOIN app.tasks t ON t.project_id = p.id WHERE p.slug ~ '-[6-9][0-9][0-9]$' GROUP BY o.id ORDER BY 1 DESC`);
  const sizes = rows.map(({ tasks }) => tasks);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const harmonic = Array.from({ length: 50 }, (_, k) => 1 / (k + 1)).reduce((sum, part) => sum + part, 0);
  expect(total).toBe(14_200);
  for (const rank of [0, 1, 2, 4, 9]) {
    const expected = total / harmonic / (rank + 1);
    // A project has 35 or 36 tasks, and tenants have whole projects: one too many at either end.
    expect(Math.abs((sizes[rank] ?? 0) - expected), `rank ${rank}`).toBeLessThan(72);
  }
  expect(await one('SELECT count(*)::int FROM app.organizations')).toBe(100);
});

test('everything in a tenant is of people of that tenant', async () => {
  const strangers = (table: string, column: string, join: string) => `
    SELECT count(*)::int FROM ${table} x ${join}
     WHERE p.slug ~ '-[6-9][0-9][0-9]$' AND x.${column} IS NOT NULL AND NOT EXISTS (
       SELECT FROM app.organization_members m WHERE m.organization_id = p.organization_id AND m.user_id = x.${column})`;
  const ofTask = 'JOIN app.projects p ON p.id = x.project_id';
  expect(await one(strangers('app.tasks', 'assignee_id', ofTask))).toBe(0);
  expect(await one(strangers('app.tasks', 'reporter_id', ofTask))).toBe(0);
  const ofComment = 'JOIN app.tasks t ON t.id = x.task_id JOIN app.projects p ON p.id = t.project_id';
  expect(await one(strangers('app.comments', 'user_id', ofComment))).toBe(0);
  const away = `SELECT count(*)::int FROM app.tasks t JOIN app.tasks p ON p.id = t.parent_task_id WHERE p.project_id <> t.project_id`;
  expect(await one(away)).toBe(0);
});

test('ten million rows are ten thousand tenants', () => {
  const rows = data.tables.reduce((sum, table) => sum + table.rows(1000), 0);
  expect(rows).toBe(10_020_005);
  expect(bulkAt(9).count).toEqual({ users: 0, members: 0, projects: 0, tasks: 0, comments: 0 });
  const bulk = new Bulk(1000);
  const tenants = new Set(
    Array.from({ length: bulk.count.projects }, (_, n) => bulk.project(bulk.first.projects + n).organization),
  );
  expect(tenants.size).toBeGreaterThan(4000);
});
