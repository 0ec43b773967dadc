import { expect, test } from 'vitest';
import { tryClaim } from '../hostile/bench.ts';
import { type Broken, testKind } from './trials.ts';

const odd = '"od d"."T ""able"';
const byStatus =
  'SELECT title FROM shop.tasks WHERE status = $1 AND deleted_at IS NULL ORDER BY created_at DESC;';
const broken: readonly Broken[] = [
  [
    'ALTER TABLE shop.tasks RENAME COLUMN title TO name',
    'columns',
    `query ${byStatus}`,
    /column "title" does not exist \(42703\)/,
  ],
  [
    'DROP INDEX shop.idx_tasks_status',
    'columns',
    'index (status, created_at) on shop.tasks',
    /there is no such index/,
  ],
  [
    'DROP INDEX shop.idx_events_name',
    'partitions',
    'index idx_events_name on shop.events',
    /there is no such index/,
  ],
  [
    'DROP INDEX shop.idx_customers_email',
    'join',
    'index (lower(email)) on shop.customers',
    /there is no such index/,
  ],
  [
    'REVOKE SELECT ON shop.tasks FROM "shop user"',
    'actor',
    'query An actor reads.',
    /permission denied for table tasks \(42501\)/,
  ],
];

const stand = testKind(
  {
    columns: {
      kind: 'structure.query',
      sql: byStatus,
      values: ['open'],
      uses: [{ table: 'shop.tasks', columns: ['status', 'created_at'] }],
    },
    partitions: {
      kind: 'structure.query',
      sql: "EXPLAIN ANALYZE SELECT * FROM shop.events WHERE organization_id = $1 AND name = 'a'",
      values: ['(SELECT organization_id FROM shop.customers LIMIT 1)'],
      uses: [{ table: 'shop.events', index: 'idx_events_name' }],
    },
    join: {
      kind: 'structure.query',
      sql: 'SELECT t.title FROM shop.tasks AS t JOIN shop.customers AS c ON c.id = t.customer_id AND c.organization_id = t.organization_id WHERE lower(c.email) = $1',
      values: ['c0@example.com'],
      uses: [
        { table: 'shop.customers', columns: ['lower(email)'] },
        { table: 'shop.tasks', columns: ['organization_id', 'customer_id'] },
      ],
    },
    'any-index': {
      kind: 'structure.query',
      sql: 'SELECT * FROM shop.tasks WHERE id = 3',
      uses: [{ table: 'shop.tasks' }],
    },
    actor: {
      kind: 'structure.query',
      sql: 'SELECT title FROM shop.tasks',
      as: 'someone',
      says: 'An actor reads.',
    },
    expression: {
      kind: 'structure.query',
      sql: 'SELECT count(*) FROM shop.tasks WHERE customer_id = $1 AND deleted_at IS NOT DISTINCT FROM $2',
      values: ['(SELECT id FROM shop.customers LIMIT 1)', null],
    },
    written: { kind: 'structure.query', sql: "UPDATE shop.tasks SET title = 'x' WHERE id = 1" },
    with: { kind: 'structure.query', sql: 'WITH tasks AS (SELECT 1) SELECT * FROM tasks, shop.customers' },
    function: { kind: 'structure.query', sql: "SELECT shop.total('open', 1)" },
    monitoring: { kind: 'structure.query', sql: 'SELECT relname, indexrelname FROM pg_stat_user_indexes' },
    system: {
      kind: 'structure.query',
      sql: 'SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace',
    },
    activity: { kind: 'structure.query', sql: 'SELECT pg_size_pretty(pg_database_size(current_database()))' },
    odd: {
      kind: 'structure.query',
      sql: `SELECT * FROM ${odd} WHERE "cu st" = $1`,
      values: ['00000000-0000-4000-8000-000000000001'],
      uses: [{ table: odd, columns: ['cu st'], index: 'i dx' }],
    },
    'not.by-index': {
      kind: 'structure.query',
      sql: "SELECT * FROM shop.tasks WHERE priority = 'low'",
      uses: [{ table: 'shop.tasks' }],
    },
    'not.role': { kind: 'structure.query', sql: 'SELECT * FROM shop.customers', role: 'shop user' },
  },
  broken,
);

test('a filter is no index condition', async () => {
  const result = await stand().withCopy((bench) => tryClaim(bench, 'not.by-index'));
  expect(result.breaches[0]).toMatchObject({ object: 'index on shop.tasks' });
});

test('a role is asked with its own privileges', async () => {
  const result = await stand().withCopy((bench) => tryClaim(bench, 'not.role'));
  expect(result.breaches[0]?.says).toBe('a query fails: permission denied for table customers (42501)');
});
