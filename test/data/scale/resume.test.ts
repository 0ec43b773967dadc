import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { fillAtScale, ledgerSchema, type ScaleFillOptions } from '../../../src/data/scale/index.ts';
import type { DataPlan } from '../../../src/design/data-plan.ts';
import { hashesOf } from './hashes.ts';

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

const plan: DataPlan = {
  tables: [
    {
      table: 'shop."Customers"',
      rows: () => 4000,
      columns: { id: (cell) => cell.row, name: (cell) => cell.fake('company') },
    },
    {
      table: 'shop.orders',
      rows: () => 9000,
      columns: {
        id: (cell) => cell.row,
        customer: (cell) => cell.row % 4000,
        at: (cell) => cell.past(20),
        slot: (cell) => `[${cell.row},${cell.row + 1})`,
      },
    },
    { table: 'shop.nothing', rows: () => 0, columns: { id: (cell) => cell.row } },
  ],
  after: ['INSERT INTO shop.log VALUES (1)'],
};

/** Everything that an index or a key may be, in one schema. */
beforeEach(async () => {
  await client.query(`
    DROP SCHEMA IF EXISTS shop, ${ledgerSchema} CASCADE;
    CREATE SCHEMA shop;
    CREATE TABLE shop.log (n int);
    CREATE TABLE shop.nothing (id int PRIMARY KEY);
    CREATE TABLE shop."Customers" (id int CONSTRAINT "the key" PRIMARY KEY, name text, UNIQUE (id, name) DEFERRABLE INITIALLY DEFERRED);
    COMMENT ON CONSTRAINT "the key" ON shop."Customers" IS 'it''s the key';
    CREATE INDEX "by ""name""" ON shop."Customers" (lower(name) text_pattern_ops DESC) INCLUDE (id) WITH (fillfactor = 70) WHERE id > 3;
    COMMENT ON INDEX shop."by ""name""" IS 'by name';
    CREATE INDEX marked ON shop."Customers" (name, id); ALTER TABLE shop."Customers" CLUSTER ON marked;
    CREATE VIEW shop.per_customer AS SELECT c.id, c.name FROM shop."Customers" c GROUP BY c.id;
    CREATE TABLE shop.orders (
      id int, customer int NOT NULL, at timestamptz, slot int4range,
      PRIMARY KEY (id, customer)
    ) PARTITION BY RANGE (customer);`);
  await client.query(`
    CREATE TABLE shop.orders_1 PARTITION OF shop.orders FOR VALUES FROM (0) TO (1000);
    CREATE TABLE shop.orders_2 PARTITION OF shop.orders FOR VALUES FROM (1000) TO (4000) PARTITION BY RANGE (id);
    CREATE TABLE shop.orders_2_1 PARTITION OF shop.orders_2 FOR VALUES FROM (0) TO (4500);
    CREATE TABLE shop.orders_2_2 PARTITION OF shop.orders_2 FOR VALUES FROM (4500) TO (9000);
    ALTER TABLE shop.orders ADD FOREIGN KEY (customer) REFERENCES shop."Customers";
    CREATE INDEX ON shop.orders (at);
    CREATE INDEX ON shop.orders (at) WHERE id > 7;
    CREATE INDEX own_of_a_partition ON shop.orders_2_1 (slot);
    ALTER TABLE shop.orders_1 ADD CONSTRAINT apart EXCLUDE USING gist (slot WITH &&);
    CREATE TABLE shop.notes (customer int REFERENCES shop."Customers", tail int, CONSTRAINT loose CHECK (tail > 0) NOT VALID);
    ALTER TABLE shop.notes ADD CONSTRAINT later FOREIGN KEY (tail) REFERENCES shop."Customers" NOT VALID;`);
});

const options: ScaleFillOptions = {
  connect: () => cluster.primary.connect(),
  plan,
  design: { name: 'shop', digest: 'a', file: 'shop.ts' },
  seed: 1,
  scale: 1,
  now: new Date('2026-03-15T12:00:00Z'),
  workers: 3,
  threads: false,
  rangeRows: 500,
  stripFrom: 1,
};

async function definitions(): Promise<readonly string[]> {
  const { rows } = await client.query<{ is: string }>(`
    SELECT format('%s %s %s %s %s', pg_get_indexdef(indexrelid), indisvalid, indisclustered, h.inhparent::regclass,
                  obj_description(indexrelid, 'pg_class')) AS is
      FROM pg_index LEFT JOIN pg_inherits h ON h.inhrelid = indexrelid
      JOIN pg_class c ON c.oid = indexrelid WHERE c.relnamespace = 'shop'::regnamespace
    UNION ALL
    SELECT format('%s %s %s %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid), convalidated, coninhcount,
                  obj_description(oid, 'pg_constraint'))
      FROM pg_constraint WHERE connamespace = 'shop'::regnamespace
    ORDER BY 1`);
  return rows.map(({ is }) => is);
}

async function count(sql: string): Promise<number> {
  const { rows } = await client.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${sql}`);
  return rows[0]?.count ?? -1;
}

test('every kind of index and key comes back as it was', async () => {
  const before = await definitions();
  const filled = await fillAtScale(options);
  expect(filled.rows).toEqual({ 'shop."Customers"': 4000, 'shop.orders': 9000, 'shop.nothing': 0 });
  expect(await definitions()).toEqual(before);
  expect(await count(`pg_namespace WHERE nspname = '${ledgerSchema}'`)).toBe(0);
});

test.each(['load', 'rebuild', 'after', 'check'] as const)(
  'broken off in %s it goes on, and ends as if it had not been',
  async (phase) => {
    const before = await definitions();
    await fillAtScale(options);
    const expected = await hashesOf(client, plan);
    await client.query('TRUNCATE shop."Customers", shop.orders, shop.notes, shop.log');

    const stop = new AbortController();
    const reason = new Error('enough');
    let seen = 0;
    const breaking = fillAtScale({
      ...options,
      signal: stop.signal,
      onProgress: (progress) => {
        if (progress.phase === phase && ++seen > (phase === 'after' ? 0 : 2)) stop.abort(reason);
      },
    });
    await expect(breaking).rejects.toBe(reason);
    expect(await count(`pg_namespace WHERE nspname = '${ledgerSchema}'`)).toBe(1);
    await expect(fillAtScale({ ...options, design: { ...options.design, digest: 'b' } })).rejects.toThrow(
      'files of the design that have changed',
    );
    await expect(fillAtScale({ ...options, now: new Date(0) })).rejects.toThrow(
      'as of 2026-03-15T12:00:00.000Z',
    );

    const { now: _, ...later } = options;
    const filled = await fillAtScale({ ...later, workers: 2, resume: true });
    expect(filled.now).toEqual(options.now);
    expect(await hashesOf(client, plan)).toEqual(expected);
    expect(await definitions()).toEqual(before);
    expect(await count('shop.log')).toBe(1);
  },
);

test('a key that is there twice is said once the rows are in, and what holds is back', async () => {
  const [customers, orders] = plan.tables;
  if (customers === undefined || orders === undefined) throw new Error('no tables');
  const columns = { ...orders.columns, id: () => 7 };
  const twice = { ...plan, tables: [customers, { ...orders, columns }] };
  await expect(fillAtScale({ ...options, plan: twice })).rejects.toThrow(
    /^shop\.ts: could not create unique index "orders_\w+_pkey": Key \(id, customer\)=.* is duplicated\.; correct the data plan/,
  );
  expect(await count(`pg_namespace WHERE nspname = '${ledgerSchema}'`)).toBe(1);
});

test('a foreign key that does not hold is said', async () => {
  const [customers, orders] = plan.tables;
  if (customers === undefined || orders === undefined) throw new Error('no tables');
  const fewer = { ...plan, tables: [{ ...customers, rows: () => 10 }, orders] };
  await expect(fillAtScale({ ...options, plan: fewer, stripFrom: 1e9 })).rejects.toThrow(
    /^shop\.ts: foreign key "orders_customer_fkey" of shop\.orders does not hold/,
  );
  await client.query(
    `DROP SCHEMA ${ledgerSchema} CASCADE; TRUNCATE shop."Customers", shop.orders, shop.notes`,
  );
  await expect(fillAtScale({ ...options, plan: fewer })).rejects.toThrow(
    /^shop\.ts: .*"orders_customer_fkey"/,
  );
});
