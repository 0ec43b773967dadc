import { type Broken, testKind } from './trials.ts';

const odd = '"od d"."T ""able"';
const broken: readonly Broken[] = [
  ['ALTER TABLE shop.tasks DROP COLUMN tags', 'tasks', 'column shop.tasks.tags', /is not there/],
  [
    'DROP VIEW shop.open_tasks; ALTER TABLE shop.tasks DROP COLUMN slug, ALTER title TYPE text',
    'tasks',
    'column shop.tasks.title',
    /is text, not character varying\(255\)/,
  ],
  [
    'ALTER TABLE shop.tasks ALTER customer_id DROP NOT NULL',
    'tasks',
    'column shop.tasks.customer_id',
    /may be null/,
  ],
  [
    'ALTER TABLE shop.tasks ALTER status DROP DEFAULT',
    'tasks',
    'default of shop.tasks.status',
    /has no default/,
  ],
  [
    "ALTER TABLE shop.tasks ALTER status SET DEFAULT 'done'",
    'tasks',
    'default of shop.tasks.status',
    /has 'done'::shop.status as its default/,
  ],
  [
    'ALTER TABLE shop.tasks ALTER slug DROP EXPRESSION',
    'tasks',
    'column shop.tasks.slug',
    /is not generated/,
  ],
  ['ALTER TABLE shop.tasks ALTER id DROP IDENTITY', 'tasks', 'column shop.tasks.id', /no identity/],
  [
    'ALTER TABLE shop.tasks DROP CONSTRAINT tasks_pkey',
    'tasks',
    'primary key of shop.tasks',
    /no primary key/,
  ],
  [
    'DROP INDEX shop.idx_tasks_slug',
    'tasks',
    'unique (organization_id, slug) where deleted_at IS NULL on shop.tasks',
    /the same .* twice/,
  ],
  [
    'DROP INDEX shop.idx_tasks_slug; CREATE UNIQUE INDEX ON shop.tasks (organization_id, slug, id) WHERE deleted_at IS NULL',
    'tasks',
    'unique (organization_id, slug) where deleted_at IS NULL on shop.tasks',
    /twice/,
  ],
  [
    'DROP INDEX shop.idx_customers_email; CREATE INDEX ON shop.customers (lower(email))',
    'customers',
    'unique (lower(email)) on shop.customers',
    /twice/,
  ],
  [
    'ALTER TABLE shop.tasks DROP CONSTRAINT tasks_customer_fkey',
    'tasks',
    'foreign key (customer_id) on shop.tasks',
    /no such foreign key/,
  ],
  [
    'ALTER TABLE shop.tasks DROP CONSTRAINT tasks_customer_fkey, ADD CONSTRAINT tasks_customer_fkey FOREIGN KEY (organization_id, customer_id) REFERENCES shop.customers (organization_id, id)',
    'tasks',
    'foreign key (organization_id, customer_id) on shop.tasks: "tasks_customer_fkey"',
    /is on delete no action/,
  ],
  [
    'ALTER TABLE shop.tasks DROP CONSTRAINT tasks_customer_fkey, ADD CONSTRAINT tasks_customer_fkey FOREIGN KEY (organization_id, customer_id) REFERENCES shop.customers (organization_id, id) ON DELETE CASCADE NOT VALID',
    'tasks',
    'foreign key (customer_id) on shop.tasks: "tasks_customer_fkey"',
    /is not validated/,
  ],
  [
    'ALTER TABLE shop.tasks DROP CONSTRAINT tasks_priority_check',
    'tasks',
    'constraint tasks_priority_check on shop.tasks',
    /no constraint/,
  ],
  [
    'ALTER TABLE shop.tasks DROP CONSTRAINT tasks_dates_check',
    'tasks',
    'constraint updated_at>=created_at on shop.tasks',
    /no constraint/,
  ],
  [
    'DROP TABLE shop.events; CREATE TABLE shop.events (id uuid PRIMARY KEY, created_at timestamptz)',
    'events',
    'partition key of shop.events',
    /is not partitioned/,
  ],
  [
    'ALTER TABLE shop.events DROP CONSTRAINT events_pkey',
    'events',
    'primary key of shop.events',
    /no primary key/,
  ],
  ['DROP TABLE shop.events', 'events', 'shop.events', /there is no shop.events/],
  ['DROP TYPE shop.status CASCADE', 'tasks', 'column shop.tasks.status', /cannot be shop.status/],
  [`ALTER TABLE ${odd} ALTER "Na me" DROP DEFAULT`, 'odd', `default of ${odd}."Na me"`, /has no default/],
  [
    `ALTER TABLE ${odd} DROP CONSTRAINT "on ce"; ALTER TABLE ${odd} ADD CONSTRAINT "on ce" UNIQUE ("Na me", "ki nd")`,
    'odd',
    `unique ("Na me", "ki nd") nulls not distinct on ${odd}`,
    /twice/,
  ],
  [
    `ALTER TABLE ${odd} DROP CONSTRAINT "cu st fk"`,
    'odd',
    `foreign key ("cu st") on ${odd}`,
    /no such foreign key/,
  ],
];

testKind(
  {
    tasks: {
      kind: 'structure.table',
      table: 'shop.tasks',
      columns: {
        id: 'bigint identity',
        customer_id: 'uuid not null',
        title: 'varchar(255) not null',
        slug: 'text generated',
        status: "shop.status NOT NULL DEFAULT 'open'",
        priority: "text default 'low'",
        tags: 'uuid[]',
        created_at: 'timestamptz not null default now()',
      },
      key: ['id'],
      unique: [{ columns: ['organization_id', 'slug'], where: 'deleted_at IS NULL' }],
      references: {
        customer_id: 'shop.customers(id)',
        'organization_id, customer_id': 'shop.customers (organization_id, id) on delete cascade',
      },
      checks: ['tasks_priority_check', "priority IN ('low', 'high')", 'updated_at>=created_at'],
    },
    customers: {
      kind: 'structure.table',
      table: 'shop.customers',
      columns: {},
      unique: [['lower(email)'], ['id', 'organization_id']],
    },
    events: {
      kind: 'structure.table',
      table: 'shop.events',
      columns: { id: 'uuid not null', created_at: 'timestamptz not null' },
      key: ['id'],
      partitionedBy: 'range (created_at)',
    },
    odd: {
      kind: 'structure.table',
      table: odd,
      columns: { 'I d': 'int4', 'Na me': `text not null default 'it''s "it"'`, 'ki nd': 'text' },
      key: ['I d'],
      unique: [{ columns: ['"Na me"', '"ki nd"'], nullsNotDistinct: true }],
      references: { '"cu st"': 'shop.customers(id)' },
      checks: ['ki nd chk'],
    },
  },
  broken,
);
