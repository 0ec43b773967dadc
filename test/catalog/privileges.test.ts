import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { privilegesOf } from '../../src/catalog/privileges.ts';
import { inheritedRoles, reachableRoles } from '../../src/catalog/role-closure.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { read, startServer } from './server.ts';

const schemaSql = /* sql */ `
  CREATE ROLE owner; CREATE ROLE base; CREATE ROLE middle; CREATE ROLE stopper NOINHERIT;
  CREATE ROLE login_a LOGIN; CREATE ROLE login_b LOGIN NOINHERIT; CREATE ROLE login_c LOGIN; CREATE ROLE loner LOGIN;
  CREATE ROLE reads_all; CREATE ROLE writes_all; CREATE ROLE near_root;
  GRANT base TO middle WITH ADMIN OPTION; GRANT middle TO login_a, login_b, stopper; GRANT stopper TO login_c;
  GRANT pg_read_all_data TO reads_all; GRANT pg_write_all_data TO writes_all; GRANT postgres TO near_root;
  CREATE SCHEMA app; GRANT ALL ON SCHEMA app TO owner;
  SET ROLE owner;
  CREATE TABLE app.untouched (a int, b text);
  CREATE TABLE app.shared (a int, b text, "C c" text);
  GRANT SELECT ON app.shared TO base; GRANT UPDATE (a, "C c") ON app.shared TO middle; GRANT INSERT (b) ON app.shared TO PUBLIC;
  GRANT DELETE ON app.shared TO stopper WITH GRANT OPTION;
  CREATE TABLE app.disowned (a int); REVOKE ALL ON app.disowned FROM owner;
  CREATE VIEW app.seen AS SELECT a FROM app.shared; GRANT SELECT ON app.seen TO PUBLIC;
  CREATE SEQUENCE app.numbers; GRANT USAGE ON app.numbers TO base;
  CREATE FUNCTION app.open() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION app.closed() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION app.closed() FROM PUBLIC, owner;
  CREATE TYPE app.mood AS ENUM ('a');
  RESET ROLE;
  ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA app GRANT SELECT ON TABLES TO base WITH GRANT OPTION;
  ALTER DEFAULT PRIVILEGES FOR ROLE owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
  ALTER ROLE base SET app.one = 'everywhere';
  ALTER ROLE base SET app.two = 'everywhere';
  ALTER ROLE base IN DATABASE postgres SET app.two = 'here';
  ALTER DATABASE postgres SET app.flag = 'on';
  CREATE DATABASE other;
  ALTER ROLE base IN DATABASE other SET app.one = 'there';
  ALTER DATABASE other SET app.flag = 'off'`;

let cluster: Cluster;
let client: pg.Client;
let catalog: Catalog;

beforeAll(async () => {
  cluster = await startServer();
  client = await cluster.primary.connect();
  for (const statement of schemaSql.split(';\n')) await client.query(statement);
  catalog = await read(client);
});
afterAll(() => cluster?.close());

test('roles that can be reached are those that the server says', async () => {
  for (const [use, closure] of [
    ['MEMBER', reachableRoles],
    ['USAGE', inheritedRoles],
  ] as const) {
    const { rows } = await client.query<{ role: string; reached: string[] }>(
      `SELECT r.rolname::text AS role, array_agg(o.rolname::text) AS reached
       FROM pg_roles AS r JOIN pg_roles AS o ON pg_has_role(r.oid, o.oid, $1) GROUP BY 1`,
      [use],
    );
    for (const { role, reached } of rows) {
      expect([...closure(catalog, role)].sort(), `${use} of ${role}`).toEqual(reached.sort());
      expect(closure(catalog, role)[0]).toBe(role);
    }
    expect(rows.length).toBe(catalog.roles.length);
  }
  expect(reachableRoles(catalog, 'nobody')).toEqual([]);
});

test('privileges are those that the server says, for every role, relation and column', async () => {
  const { rows: onRelations } = await client.query<{
    role: string;
    relation: string;
    kind: string;
    held: string[];
  }>(`
    SELECT r.rolname::text AS role, format('%I.%I', 'app', c.relname) AS relation,
           ARRAY(SELECT p FROM unnest(CASE WHEN c.relkind = 'S' THEN '{USAGE,SELECT,UPDATE}'
                   ELSE '{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}' END::text[]) AS p
                 WHERE CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(r.oid, c.oid, p)
                       ELSE has_table_privilege(r.oid, c.oid, p) END) AS held
    FROM pg_roles AS r CROSS JOIN pg_class AS c
    WHERE c.relnamespace = 'app'::regnamespace AND c.relkind IN ('r', 'v', 'S')`);
  for (const { role, relation, held } of onRelations) {
    expect([...privilegesOf(catalog, relation, role).relation].sort(), `${role} on ${relation}`).toEqual(
      held.sort(),
    );
  }
  const { rows: onColumns } = await client.query<{
    role: string;
    relation: string;
    column: string;
    held: string[];
  }>(`
    SELECT r.rolname::text AS role, format('%I.%I', 'app', c.relname) AS relation, a.attname::text AS column,
           ARRAY(SELECT p FROM unnest('{SELECT,INSERT,UPDATE,REFERENCES}'::text[]) AS p
                 WHERE has_column_privilege(r.oid, c.oid, a.attnum, p)) AS held
    FROM pg_roles AS r CROSS JOIN pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
    WHERE c.relnamespace = 'app'::regnamespace AND c.relkind IN ('r', 'v')`);
  for (const { role, relation, column, held } of onColumns) {
    const found = privilegesOf(catalog, relation, role).columns.get(column) ?? [];
    expect([...found].sort(), `${role} on ${relation}.${column}`).toEqual(held.sort());
  }
  expect(onRelations.length * onColumns.length).toBeGreaterThan(10_000);
});

test('PUBLIC, an unknown role and an unknown relation', () => {
  expect([...privilegesOf(catalog, 'app.seen', 'PUBLIC').relation]).toEqual(['SELECT']);
  expect([...(privilegesOf(catalog, 'app.shared', 'PUBLIC').columns.get('b') ?? [])]).toEqual(['INSERT']);
  expect([...privilegesOf(catalog, 'app.seen', 'nobody').relation]).toEqual([]);
  expect(privilegesOf(catalog, 'app.nothing', 'postgres')).toEqual({
    relation: new Set(),
    columns: new Map(),
  });
});

test('grants show built-in defaults, and their absence', () => {
  const on = (object: string) =>
    catalog.grants
      .filter((grant) => grant.object === object)
      .map(({ kind, grantee, privilege }) => `${kind} ${privilege} ${grantee}`);
  expect(on('app.open()')).toEqual(['function EXECUTE PUBLIC', 'function EXECUTE owner']);
  expect(on('app.closed()')).toEqual([]);
  expect(on('app.disowned')).toEqual([]);
  expect(on('app.mood')).toEqual(['type USAGE PUBLIC', 'type USAGE owner']);
  expect(on('app.numbers')).toEqual([
    'sequence USAGE base',
    'sequence SELECT owner',
    'sequence UPDATE owner',
    'sequence USAGE owner',
  ]);
  expect(on('postgres')).toContain('database CONNECT PUBLIC');
  expect(on('other')).toEqual([]);
  expect(on('app')).toContain('schema CREATE owner');
  expect(on('plpgsql')).toContain('language USAGE PUBLIC');
  expect(on('app.untouched').filter((each) => each.endsWith('owner'))).toHaveLength(7);
  expect(catalog.grants).toContainEqual({
    object: 'app.shared',
    kind: 'relation',
    column: null,
    grantee: 'stopper',
    grantor: 'owner',
    privilege: 'DELETE',
    grantable: true,
  });
});

test('default privileges, memberships, settings of roles and of the database', () => {
  const plain = { owner: 'owner', schema: null, grantee: 'owner', grantable: false };
  expect(catalog.defaultPrivileges).toEqual([
    { ...plain, kind: 'function', privilege: 'EXECUTE' },
    { ...plain, schema: 'app', kind: 'table', grantee: 'base', privilege: 'SELECT', grantable: true },
  ]);
  expect(catalog.memberships).toContainEqual({ role: 'base', member: 'middle', admin: true });
  expect(catalog.memberships).toContainEqual({ role: 'pg_database_owner', member: 'postgres', admin: false });
  expect(catalog.roles.find(({ name }) => name === 'base')?.settings).toEqual([
    'app.one=everywhere',
    'app.two=here',
  ]);
  expect(catalog.databaseSettings).toEqual(['app.flag=on']);
});

test('a role called PUBLIC is refused, for it cannot be told from everyone', async () => {
  await client.query('BEGIN; CREATE ROLE "PUBLIC"');
  try {
    await expect(read(client)).rejects.toThrow(/"PUBLIC"/);
  } finally {
    await client.query('ROLLBACK');
  }
});
