import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogDigest } from '../../src/catalog/digest.ts';
import { readCatalog } from '../../src/catalog/read-catalog.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { read, startServer } from './server.ts';

const schemaSql = /* sql */ `
  CREATE SCHEMA app;
  CREATE TABLE app.items (id int PRIMARY KEY, at timestamptz DEFAULT '2026-01-01 00:00+00', span interval DEFAULT '1 day 2 hours');
  CREATE POLICY own ON app.items USING (at < '2027-01-01 00:00+00' AND id IN (SELECT id FROM app.items));
  CREATE FUNCTION app.f(a app.items) RETURNS int LANGUAGE sql AS 'SELECT 1'`;

let cluster: Cluster;
let client: pg.Client;

beforeAll(async () => {
  cluster = await startServer();
  for (const name of ['one', 'two']) await cluster.primary.createDatabase(name);
  client = await cluster.primary.connect({ database: 'one' });
  await client.query(schemaSql);
});
afterAll(() => cluster?.close());

const looksSql = /* sql */ `
  SELECT name, setting FROM pg_settings
  WHERE name IN ('search_path', 'TimeZone', 'DateStyle', 'IntervalStyle', 'quote_all_identifiers') ORDER BY name`;

const unlike = /* sql */ `
  SET search_path = app, public; SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German'; SET IntervalStyle = 'iso_8601';
  SET quote_all_identifiers = on`;

test('a database without anything in it', async () => {
  const empty = await cluster.primary.connect();
  const catalog = await read(empty);
  for (const kind of [
    'relations',
    'columns',
    'constraints',
    'indexes',
    'policies',
    'functions',
    'triggers',
  ] as const) {
    expect(catalog[kind], kind).toEqual([]);
  }
  expect(catalog.roles.map(({ name }) => name)).toContain('postgres');
  expect(catalogDigest(catalog)).toMatch(/^[0-9a-f]{64}$/);
});

test('schemas that are not there, or none, give no facts of schemas', async () => {
  for (const schemas of [['nothing'], []]) {
    const catalog = await read(client, { schemas });
    expect(catalog.relations).toEqual([]);
    expect(catalog.functions).toEqual([]);
  }
});

test('temporary tables are not of the database', async () => {
  await client.query('CREATE TEMPORARY TABLE items (a int)');
  try {
    expect((await read(client)).relations.map(({ identity }) => identity)).toEqual(['app.items']);
  } finally {
    await client.query('DROP TABLE pg_temp.items');
  }
});

test('a temporary table named as a system catalogue misleads nobody', async () => {
  const before = await read(client);
  await client.query('CREATE TEMPORARY TABLE pg_class AS SELECT * FROM pg_catalog.pg_class LIMIT 0');
  try {
    expect(catalogDigest(await read(client))).toBe(catalogDigest(before));
  } finally {
    await client.query('DROP TABLE pg_temp.pg_class');
  }
});

test.each(['BEGIN', 'BEGIN READ ONLY', 'SELECT'])(
  'facts do not depend on the settings of the session, which are as before afterwards: %s',
  async (start) => {
    const plain = await read(client);
    const other = await cluster.primary.connect({ database: 'one' });
    await other.query(start);
    await other.query(start === 'SELECT' ? unlike : unlike.replaceAll('SET ', 'SET LOCAL '));
    const before = (await other.query(looksSql)).rows;
    const catalog = await read(other);
    expect((await other.query(looksSql)).rows).toEqual(before);
    expect(catalogDigest(catalog)).toBe(catalogDigest(plain));
    expect(catalog.settings.find(({ name }) => name === 'TimeZone')?.value).toBe('UTC');
    await other.end();
  },
);

test('a role without any privilege reads the same facts', async () => {
  await client.query('BEGIN; CREATE ROLE nobody_much');
  const plain = catalogDigest(await read(client));
  await client.query('SET LOCAL ROLE nobody_much');
  const seen = catalogDigest(await read(client));
  await client.query('ROLLBACK');
  expect(seen).toBe(plain);
});

test('what is set for a transaction alone ends with it', async () => {
  const other = await cluster.primary.connect({ database: 'one' });
  const before = (await other.query(looksSql)).rows;
  await other.query('BEGIN');
  await other.query(unlike.replaceAll('SET ', 'SET LOCAL '));
  await read(other);
  await other.query('COMMIT');
  expect((await other.query(looksSql)).rows).toEqual(before);
  await other.end();
});

test('an error of the server comes through as it is, and the session is as before', async () => {
  const before = (await client.query(looksSql)).rows;
  const query = async (sql: string, values?: unknown[]) =>
    (
      await client.query<Record<string, unknown>>(
        sql.includes('pg_policy') ? 'SELECT 1 / 0' : sql,
        sql.includes('pg_policy') ? [] : values,
      )
    ).rows;
  await expect(readCatalog(query)).rejects.toMatchObject({ code: '22012' });
  expect((await client.query(looksSql)).rows).toEqual(before);
});

test('databases built alike have one digest, whatever was there before', async () => {
  const digest = catalogDigest(await read(client));
  const other = await cluster.primary.connect({ database: 'two' });
  await other.query('CREATE TABLE passing (a int); DROP TABLE passing');
  await other.query(schemaSql);
  await other.query(
    'INSERT INTO app.items SELECT generate_series(1, 100); ANALYZE app.items; ALTER TABLE app.items ADD gone int',
  );
  await other.query('ALTER TABLE app.items DROP gone');
  expect(catalogDigest(await read(other))).toBe(digest);
  await other.end();
});

test.each([
  'ALTER POLICY own ON app.items USING (true)',
  'ALTER TABLE app.items ENABLE ROW LEVEL SECURITY',
  'GRANT SELECT (at) ON app.items TO PUBLIC',
  'REVOKE EXECUTE ON FUNCTION app.f FROM PUBLIC',
  'ALTER TABLE app.items ALTER at DROP DEFAULT',
  'CREATE INDEX ON app.items (at)',
  'ALTER FUNCTION app.f SECURITY DEFINER',
  'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC',
  "ALTER DATABASE one SET app.flag = 'on'",
  'CREATE ROLE another BYPASSRLS',
])('the digest notices %s', async (statement) => {
  const before = catalogDigest(await read(client));
  await client.query('BEGIN');
  await client.query(statement);
  const after = catalogDigest(await read(client));
  await client.query('ROLLBACK');
  expect(after).not.toBe(before);
  expect(catalogDigest(await read(client))).toBe(before);
});
