import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actors } from '../../fixtures/saas/actors.ts';
import { data } from '../../fixtures/saas/data.ts';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import { migrate } from '../../src/cluster/migrate.ts';
import { fill } from '../../src/data/fill.ts';
import { verifyForeignKeys } from '../../src/data/foreign-keys.ts';
import { ids } from '../../src/data/ids.ts';
import { conditions } from './saas-conditions.ts';

const migrations = fileURLToPath(new URL('../../fixtures/saas/migrations', import.meta.url));
let cluster: Cluster;
let client: pg.Client;
let rows: Record<string, number>;

async function filled(name: string, seed: number, scale: number): Promise<pg.Client> {
  await cluster.primary.createDatabase(name, 'saas');
  const connection = await cluster.primary.connect({ database: name });
  rows = await fill(connection, data, { seed, scale, now: new Date() });
  return connection;
}

/** A table of the actors, as `actor (name, id)`. */
async function nameActors(connection: pg.Client): Promise<void> {
  const all = Object.entries(actors(ids)).map(([name, { attributes }]) => ({ name, id: attributes.id }));
  await connection.query('CREATE TEMP TABLE actor (name text PRIMARY KEY, id uuid)');
  await connection.query('INSERT INTO actor SELECT * FROM jsonb_to_recordset($1) AS a (name text, id uuid)', [
    JSON.stringify(all),
  ]);
}

async function one(connection: pg.Client, sql: string): Promise<unknown> {
  const result = await connection.query<Record<string, unknown>>(sql);
  return Object.values(result.rows[0] ?? {})[0];
}

beforeAll(async () => {
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  await cluster.primary.createDatabase('saas');
  const template = await cluster.primary.connect({ database: 'saas' });
  await migrate(template, migrations);
  await template.end();
  client = await filled('one', 1, 1);
  await nameActors(client);
}, 60_000);
afterAll(async () => {
  await client?.end();
  await cluster?.close();
});

test('scale 1 is ten organizations and what belongs to them', () => {
  expect(rows).toMatchInlineSnapshot(`
    {
      "analytics.events": 300,
      "analytics.page_views": 100,
      "app.attachments": 266,
      "app.comments": 816,
      "app.notifications": 300,
      "app.organization_members": 140,
      "app.organizations": 10,
      "app.projects": 60,
      "app.task_keys": 1020,
      "app.tasks": 1020,
      "audit.audit_log": 30,
      "auth.email_verification_tokens": 40,
      "auth.password_reset_tokens": 40,
      "auth.roles": 5,
      "auth.sessions": 140,
      "auth.user_roles": 18,
      "auth.users": 120,
    }
  `);
});

describe('there are rows for each side of every condition', () => {
  test.each(conditions.map(({ says, sql }) => [says, sql]))('%s', async (_, sql) => {
    expect(await one(client, `SELECT EXISTS (${sql})`)).toBe(true);
  });
});

describe('nothing is out of order', () => {
  test.each([
    ['a user', 'auth.users', ['updated_at', 'deleted_at']],
    ['an organization', 'app.organizations', ['updated_at', 'deleted_at']],
    ['a project', 'app.projects', ['updated_at', 'deleted_at']],
    ['a task', 'app.tasks', ['updated_at', 'deleted_at', 'completed_at', 'due_date']],
    ['a comment', 'app.comments', ['updated_at', 'deleted_at']],
    ['an attachment', 'app.attachments', ['deleted_at']],
    ['a notification', 'app.notifications', ['read_at']],
  ])('%s is made before anything happens to it, and nothing in the future', async (_, table, columns) => {
    for (const column of columns) {
      const future = column === 'due_date' ? '' : `OR ${column} > now()`;
      const wrong = `SELECT count(*)::int FROM ${table} WHERE ${column} < created_at ${future} OR created_at > now()`;
      expect(await one(client, wrong), column).toBe(0);
    }
  });

  test.each([
    [
      'every live organization with members has a live owner',
      `
      SELECT FROM app.organizations o
       WHERE o.status IN ('active', 'trial') AND o.deleted_at IS NULL
         AND EXISTS (SELECT FROM app.organization_members m WHERE m.organization_id = o.id)
         AND NOT EXISTS (SELECT FROM app.organization_members m JOIN auth.users u ON u.id = m.user_id
                          WHERE m.organization_id = o.id AND m.role = 'owner' AND m.status = 'active'
                            AND u.status = 'active' AND u.deleted_at IS NULL)`,
    ],
    [
      'every task has its key, made at the same instant',
      `
      SELECT FROM app.tasks t FULL JOIN app.task_keys k USING (id, created_at) WHERE t.id IS NULL OR k.id IS NULL`,
    ],
    [
      "a sub-task is of its parent's project",
      `
      SELECT FROM app.tasks t JOIN app.tasks p ON p.id = t.parent_task_id WHERE p.project_id <> t.project_id`,
    ],
    [
      'an answer is on the same task',
      `
      SELECT FROM app.comments c JOIN app.comments p ON p.id = c.parent_comment_id WHERE p.task_id <> c.task_id`,
    ],
    [
      'an attachment of a task and a comment is of a comment of that task',
      `
      SELECT FROM app.attachments a JOIN app.comments c ON c.id = a.comment_id WHERE a.task_id <> c.task_id`,
    ],
    [
      'no comment is older than its task',
      `
      SELECT FROM app.comments c JOIN app.tasks t ON t.id = c.task_id WHERE c.created_at < t.created_at`,
    ],
  ])('%s', async (_, sql) => {
    expect(await one(client, `SELECT EXISTS (${sql})`)).toBe(false);
  });

  test('tasks are spread over three months', async () => {
    expect(
      await one(client, `SELECT count(DISTINCT date_trunc('month', created_at, 'UTC'))::int FROM app.tasks`),
    ).toBe(3);
  });

  test('sequences go on after the ids that were given', async () => {
    await client.query('BEGIN');
    const sql = "INSERT INTO analytics.events (event_type) VALUES ('test') RETURNING id::int";
    expect(await one(client, sql)).toBe(301);
    await client.query('ROLLBACK');
  });
});

test('another seed and a larger scale keep every condition, and rows grow in proportion', async () => {
  const before = rows;
  const other = await filled('other', 99, 3);
  try {
    for (const [table, count] of Object.entries(rows)) {
      expect(count, table).toBe(table === 'auth.roles' ? before[table] : (before[table] ?? 0) * 3);
    }
    expect(await verifyForeignKeys(other)).toBeGreaterThan(15);
    await nameActors(other);
    for (const { says, sql } of conditions)
      expect(await one(other, `SELECT EXISTS (${sql})`), says).toBe(true);
  } finally {
    await other.end();
  }
}, 60_000);
