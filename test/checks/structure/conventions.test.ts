import { expect, test } from 'vitest';
import { proveClaim, tryClaim } from '../hostile/bench.ts';
import { type Broken, testKind } from './trials.ts';

const odd = '"od d"."T ""able"';
const broken: readonly Broken[] = [
  ['ALTER TABLE shop.tasks RENAME TO "Tasks"', 'naming', 'relation shop."Tasks"', /is not named like/],
  [
    'ALTER TABLE shop.tasks RENAME COLUMN title TO "taskTitle"',
    'naming',
    'column shop.tasks."taskTitle"',
    /is not named like/,
  ],
  [
    'ALTER INDEX shop.idx_tasks_status RENAME TO tasks_status',
    'naming',
    'index shop.tasks_status',
    /is not named like \^idx_/,
  ],
  [
    'ALTER TABLE shop.tasks RENAME CONSTRAINT tasks_dates_check TO dates',
    'naming',
    'constraint shop.tasks.dates',
    /is not named like/,
  ],
  [
    'ALTER TRIGGER tasks_touch ON shop.tasks RENAME TO "Touch"',
    'naming',
    'trigger shop.tasks."Touch"',
    /is not named like/,
  ],
  [
    'ALTER POLICY tasks_see ON shop.tasks RENAME TO see',
    'naming',
    'policy shop.tasks.see',
    /is not named like/,
  ],
  ['ALTER FUNCTION shop.touch RENAME TO "Touch"', 'naming', 'function shop."Touch"()', /is not named like/],
  [`ALTER TABLE ${odd} RENAME TO plain`, 'odd-naming', 'relation "od d".plain', /is not named like/],
  [
    'ALTER TABLE shop.customers DROP COLUMN updated_at',
    'columns',
    'column shop.customers.updated_at',
    /is not there/,
  ],
  [
    'CREATE TABLE shop.more (id int, created_at timestamp NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL)',
    'columns',
    'column shop.more.created_at',
    /is timestamp without time zone, not timestamp with/,
  ],
  [`ALTER TABLE ${odd} ALTER updated_at DROP NOT NULL`, 'columns', `column ${odd}.updated_at`, /may be null/],
  [
    'ALTER TABLE shop.tasks ALTER created_at TYPE timestamp',
    'timestamps',
    'column shop.tasks.created_at',
    /is timestamp without time zone/,
  ],
  [
    'CREATE DOMAIN shop.t AS timestamp(3); ALTER TABLE shop.customers ADD a shop.t',
    'timestamps',
    'column shop.customers.a',
    /is shop.t/,
  ],
  [`ALTER TABLE ${odd} ADD "a t" timestamp[]`, 'timestamps', `column ${odd}."a t"`, /without time zone\[\]/],
  [
    'DROP INDEX shop.idx_tasks_customer',
    'foreign-keys',
    'index behind foreign key "tasks_customer_fkey" on shop.tasks',
    /no index leads with \(organization_id, customer_id\) of shop.tasks/,
  ],
  [
    `DROP INDEX "od d"."i dx"; CREATE INDEX ON ${odd} ("cu st") WHERE "ki nd" IS NULL; CREATE INDEX ON ${odd} USING gin ("Na me" gin_trgm_ops)`,
    'foreign-keys',
    `index behind foreign key "cu st fk" on ${odd}`,
    /refers to shop.customers/,
  ],
  [
    'CREATE INDEX again ON shop.tasks (organization_id)',
    'redundant',
    'index shop.again',
    /is needless: shop.idx_tasks_customer/,
  ],
  [
    'CREATE INDEX again ON shop.tasks (organization_id DESC, customer_id DESC)',
    'redundant',
    'index shop.again',
    /is needless/,
  ],
  [
    'CREATE UNIQUE INDEX again ON shop.tasks (id)',
    'redundant',
    'index shop.again',
    /is needless: shop.tasks_pkey/,
  ],
  [
    'CREATE INDEX again ON shop.events (organization_id, name)',
    'redundant',
    'index shop.again',
    /is needless/,
  ],
  [`CREATE INDEX "a gain" ON ${odd} ("cu st")`, 'redundant', 'index "od d"."a gain"', /is needless/],
  [
    'ALTER TABLE shop.tasks ADD CONSTRAINT any FOREIGN KEY (customer_id) REFERENCES shop.customers'.replace(
      'any',
      '"a ny"',
    ),
    'tenants',
    'foreign key "a ny" on shop.tasks',
    /may refer to a row of another tenant in shop.customers/,
  ],
];

const stand = testKind(
  {
    naming: {
      kind: 'structure.naming',
      schemas: ['shop'],
      relations: '^[a-z_]+$',
      columns: '^[a-z_]+$',
      indexes: '^idx_',
      constraints: '_(pkey|fkey|key|check)$',
      triggers: '^[a-z_]+$',
      policies: '^tasks_',
      functions: '^[a-z_]+$',
    },
    'odd-naming': {
      kind: 'structure.naming',
      schemas: ['od d'],
      relations: ' "',
      columns: ' ',
      except: [`${odd}.created_at`, 'updated_at'],
    },
    columns: {
      kind: 'structure.columns-everywhere',
      columns: { created_at: 'timestamptz not null default now()', updated_at: 'timestamptz not null' },
    },
    'columns-but': {
      kind: 'structure.columns-everywhere',
      columns: { organization_id: 'uuid not null' },
      except: [odd],
      schemas: ['shop', 'od d'],
    },
    timestamps: { kind: 'structure.timestamps-with-zone' },
    'foreign-keys': { kind: 'structure.foreign-keys-indexed' },
    'foreign-keys-but': { kind: 'structure.foreign-keys-indexed', except: ['cu st fk'] },
    redundant: { kind: 'structure.no-redundant-indexes' },
    tenants: { kind: 'structure.tenant-foreign-keys', tenantColumn: 'organization_id' },
    'not.stale': { kind: 'structure.foreign-keys-indexed', except: ['no such'] },
    'not.schema': { kind: 'structure.naming', schemas: ['public'], policies: '^x', except: ['y'] },
    'not.none': { kind: 'structure.tenant-foreign-keys', tenantColumn: 'no such' },
  },
  broken,
);

test.each([
  ['not.stale', 'the exception no such names nothing that is there'],
  ['not.schema', 'there are no policies'],
  ['not.none', 'there is no foreign key between tables that have no such'],
])('%s is not proved', async (id, reason) => {
  const { verdict, entries } = await stand().withCopy((bench) => proveClaim(bench, id));
  expect(verdict).toBe('unproved');
  expect(entries.find(({ type }) => type === 'finding')).toMatchObject({ reason });
});

test.each([
  [
    'unique indexes that forbid different things',
    'CREATE UNIQUE INDEX again ON shop.customers (id, organization_id)',
    'redundant',
  ],
  ['another order', 'CREATE INDEX again ON shop.tasks (organization_id, customer_id DESC)', 'redundant'],
  [
    'another predicate',
    'CREATE INDEX again ON shop.tasks (organization_id) WHERE deleted_at > created_at',
    'redundant',
  ],
  [
    'the columns the other way round',
    'DROP INDEX shop.idx_tasks_customer; CREATE INDEX ON shop.tasks (customer_id, organization_id, id) WHERE customer_id IS NOT NULL',
    'foreign-keys',
  ],
])('held: %s', async (_, sql, id) => {
  const result = await stand().withCopy((bench) => tryClaim(bench, id), sql);
  expect(result).toMatchObject({ outcome: 'held', breaches: [] });
});
