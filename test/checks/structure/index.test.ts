import { expect, test } from 'vitest';
import { tryClaim } from '../hostile/bench.ts';
import { type Broken, testKind } from './trials.ts';

const odd = '"od d"."T ""able"';
const broken: readonly Broken[] = [
  [
    'DROP INDEX shop.idx_tasks_status',
    'status',
    'index idx_tasks_status on shop.tasks',
    /no index of that name/,
  ],
  [
    'DROP INDEX shop.idx_tasks_status; CREATE INDEX idx_tasks_status ON shop.tasks (status, created_at) WHERE deleted_at IS NULL',
    'status',
    'index idx_tasks_status on shop.tasks',
    /its order is another/,
  ],
  [
    'DROP INDEX shop.idx_tasks_status; CREATE INDEX idx_tasks_status ON shop.tasks (status, created_at DESC)',
    'status',
    'index idx_tasks_status on shop.tasks',
    /it has no predicate/,
  ],
  [
    "DROP INDEX shop.idx_tasks_status; CREATE INDEX idx_tasks_status ON shop.tasks (status, created_at DESC) WHERE priority = 'low'",
    'status',
    'index idx_tasks_status on shop.tasks',
    /its predicate is/,
  ],
  [
    'DROP INDEX shop.idx_tasks_status; CREATE INDEX idx_tasks_status ON shop.tasks (created_at DESC, status) WHERE deleted_at IS NULL',
    'status',
    'index idx_tasks_status on shop.tasks',
    /its columns are created_at, status/,
  ],
  [
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shop.idx_tasks_status'::regclass",
    'status',
    'index idx_tasks_status on shop.tasks',
    /it is not valid/,
  ],
  [
    'DROP INDEX shop.idx_tasks_customer',
    'prefix',
    'index btree (organization_id) on shop.tasks',
    /its predicate is/,
  ],
  [
    'DROP INDEX shop.idx_customers_email; CREATE INDEX idx_customers_email ON shop.customers (lower(email))',
    'expression',
    'index unique btree (lower(email)) on shop.customers',
    /it is not unique/,
  ],
  [
    'DROP INDEX shop.idx_customers_trgm',
    'trigrams',
    'index gin (email gin_trgm_ops) on shop.customers',
    /no index/,
  ],
  [
    'DROP INDEX shop.idx_events_name; CREATE INDEX idx_events_name ON ONLY shop.events (organization_id, name)',
    'partitions',
    'index idx_events_name on shop.events',
    /not valid/,
  ],
  [
    "DROP INDEX shop.idx_events_name; CREATE INDEX idx_events_name ON shop.events (organization_id, name); UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'shop.events_new_organization_id_name_idx'::regclass",
    'partitions',
    'index idx_events_name on shop.events',
    /idx_events_name is not on shop.events_new/,
  ],
  [
    'ALTER TABLE shop.tasks RENAME COLUMN organization_id TO org',
    'prefix',
    'index btree (organization_id) on shop.tasks',
    /column "organization_id" does not exist/,
  ],
  [
    `DROP INDEX "od d"."i dx"; CREATE INDEX "i dx" ON ${odd} ("cu st", "ki nd")`,
    'odd',
    `index "i dx" on ${odd}`,
    /does not include "Na me"/,
  ],
];

const stand = testKind(
  {
    status: {
      kind: 'structure.index',
      table: 'shop.tasks',
      index: 'idx_tasks_status',
      columns: ['status', 'created_at DESC'],
      where: '(deleted_at) is null',
    },
    prefix: { kind: 'structure.index', table: 'shop.tasks', columns: ['organization_id'] },
    expression: { kind: 'structure.index', table: 'shop.customers', columns: ['lower(email)'], unique: true },
    'primary-key': { kind: 'structure.index', table: 'shop.tasks', columns: ['id'], unique: true },
    trigrams: {
      kind: 'structure.index',
      table: 'shop.customers',
      columns: ['email gin_trgm_ops'],
      method: 'gin',
    },
    partitions: {
      kind: 'structure.index',
      table: 'shop.events',
      index: 'idx_events_name',
      columns: ['organization_id', 'name'],
    },
    odd: {
      kind: 'structure.index',
      table: odd,
      index: 'i dx',
      columns: ['cu st', '"ki nd"'],
      include: ['Na me'],
    },
    'not.unique': {
      kind: 'structure.index',
      table: 'shop.tasks',
      columns: ['organization_id', 'customer_id'],
      unique: true,
    },
    'not.in-parentheses': { kind: 'structure.index', table: 'shop.tasks', columns: ["title || 'x'"] },
  },
  broken,
);

test('an expression is taken without the parentheses that CREATE INDEX wants', async () => {
  const result = await stand().withCopy(
    (bench) => tryClaim(bench, 'not.in-parentheses'),
    "CREATE INDEX ON shop.tasks ((title || 'x'))",
  );
  expect(result.outcome).toBe('held');
});

test('an index that is longer does not forbid what a unique one would', async () => {
  const result = await stand().withCopy((bench) => tryClaim(bench, 'not.unique'));
  expect(result.breaches[0]?.says).toMatch(/none serves; of .*it is not unique/);
});
