import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  leafPartitionsOf,
  partitionsOf,
  policiesOf,
  relation,
  triggersOf,
} from '../../src/catalog/lookup.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { read, startServer } from './server.ts';

let cluster: Cluster;
let client: pg.Client;
const id = pg.escapeIdentifier;

beforeAll(async () => {
  cluster = await startServer();
  client = await cluster.primary.connect();
});
afterAll(() => cluster?.close());

test.each([
  'select',
  'Upper Case',
  `it's "quoted"`,
  'a.b',
  'naïve 表 😀',
  'x'.repeat(63),
  '\\',
  '%I $1 --',
  ' FOR EACH ROW WHEN (true) ',
  '{a,b}',
  'NULL',
])('names come back as they were, identities can be run: %s', async (name) => {
  const table = `${id(name)}.${id(name)}`;
  await client.query('BEGIN');
  try {
    await client.query(`
      CREATE ROLE ${id(name)}; CREATE SCHEMA ${id(name)};
      CREATE TABLE ${table} (${id(name)} int UNIQUE CHECK (${id(name)} > 0));
      CREATE POLICY ${id(name)} ON ${table} TO ${id(name)} USING (${id(name)} = 1);
      GRANT SELECT (${id(name)}), UPDATE ON ${table} TO ${id(name)};
      CREATE FUNCTION ${table}(${id(name)} ${table}) RETURNS int LANGUAGE sql AS 'SELECT 1';
      CREATE FUNCTION ${id(name)}.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
      CREATE TRIGGER ${id(name)} BEFORE UPDATE OF ${id(name)} ON ${table} FOR EACH ROW
        WHEN (old.${id(name)} > 1) EXECUTE FUNCTION ${id(name)}.f();
      COMMENT ON TABLE ${table} IS 'here'`);
    const catalog = await read(client, { schemas: [name] });
    const [found, ...others] = catalog.relations;
    expect(others).toEqual([]);
    expect(found).toMatchObject({ schema: name, name, owner: 'postgres' });
    const identity = found?.identity ?? '';
    const comment = await client.query('SELECT obj_description($1::regclass) AS says', [identity]);
    expect(comment.rows).toEqual([{ says: 'here' }]);
    expect(catalog.columns.map((column) => [column.relation, column.name])).toEqual([[identity, name]]);
    expect(policiesOf(catalog, identity)).toMatchObject([{ name, roles: [name] }]);
    expect(triggersOf(catalog, identity)).toMatchObject([
      { name, columns: [name], when: expect.stringMatching(/^\(.* > 1\)$/) },
    ]);
    expect(catalog.constraints.map(({ columns }) => columns)).toEqual([[name], [name]]);
    expect(catalog.indexes.map(({ columns }) => columns)).toEqual([[name]]);
    expect(catalog.grants).toContainEqual(
      expect.objectContaining({ object: identity, kind: 'column', column: name, grantee: name }),
    );
    for (const routine of catalog.functions) await client.query(`ALTER FUNCTION ${routine.identity} STABLE`);
    await client.query(`ALTER TABLE ${identity} DISABLE TRIGGER ALL`);
  } finally {
    await client.query('ROLLBACK');
  }
});

test('partitions three deep, with a trigger, a foreign key and a partition in another schema', async () => {
  await client.query(`
    BEGIN; CREATE SCHEMA app; CREATE SCHEMA "Old";
    CREATE TABLE app.log (at timestamptz, tenant int, PRIMARY KEY (at, tenant)) PARTITION BY RANGE (at);
    CREATE TABLE app.log_26 PARTITION OF app.log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (tenant);
    CREATE TABLE app.log_26_a PARTITION OF app.log_26 FOR VALUES IN (1, 2) PARTITION BY HASH (at);
    CREATE TABLE app.log_26_a0 PARTITION OF app.log_26_a FOR VALUES WITH (MODULUS 2, REMAINDER 0);
    CREATE TABLE app.log_26_a1 PARTITION OF app.log_26_a FOR VALUES WITH (MODULUS 2, REMAINDER 1);
    CREATE TABLE app.log_26_b PARTITION OF app.log_26 DEFAULT;
    CREATE TABLE "Old".log_25 PARTITION OF app.log FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
    CREATE TABLE app.note (at timestamptz, tenant int, FOREIGN KEY (at, tenant) REFERENCES app.log);
    CREATE TABLE app.parent (a int); CREATE TABLE app.child () INHERITS (app.parent);
    CREATE FUNCTION app.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
    CREATE TRIGGER noted AFTER INSERT ON app.log FOR EACH ROW EXECUTE FUNCTION app.f()`);
  try {
    const catalog = await read(client);
    const names = (relations: readonly { identity: string }[]) => relations.map(({ identity }) => identity);
    expect(names(partitionsOf(catalog, 'app.log'))).toEqual(['"Old".log_25', 'app.log_26']);
    expect(names(leafPartitionsOf(catalog, 'app.log'))).toEqual([
      '"Old".log_25',
      'app.log_26_a0',
      'app.log_26_a1',
      'app.log_26_b',
    ]);
    expect(names(leafPartitionsOf(catalog, 'app.log_26_a'))).toEqual(['app.log_26_a0', 'app.log_26_a1']);
    expect(leafPartitionsOf(catalog, 'app.note')).toEqual([]);
    expect(relation(catalog, 'app.log')).toMatchObject({
      kind: 'partitioned table',
      parent: null,
      root: null,
      bound: null,
      partitionKey: 'RANGE (at)',
    });
    expect(relation(catalog, 'app.log_26_a0')).toMatchObject({
      parent: 'app.log_26_a',
      root: 'app.log',
      bound: 'FOR VALUES WITH (modulus 2, remainder 0)',
      partitionKey: null,
    });
    expect(relation(catalog, 'app.log_26')?.bound).toBe(
      "FOR VALUES FROM ('2026-01-01 00:00:00+00') TO ('2027-01-01 00:00:00+00')",
    );
    expect(relation(catalog, 'app.child')).toMatchObject({ parent: null, root: null });
    expect(triggersOf(catalog, 'app.log')).toMatchObject([{ name: 'noted', inherited: false }]);
    expect(triggersOf(catalog, 'app.log_26_a0')).toMatchObject([{ name: 'noted', inherited: true }]);
    expect(catalog.constraints.filter(({ kind }) => kind === 'foreign key')).toHaveLength(1);
    const old = await read(client, { schemas: ['Old'] });
    expect(old.relations).toMatchObject([{ parent: 'app.log', root: 'app.log' }]);
  } finally {
    await client.query('ROLLBACK');
  }
});
