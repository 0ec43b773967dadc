import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import {
  columnsOf,
  constraintsOf,
  indexesOf,
  policiesOf,
  relation,
  triggersOf,
} from '../../src/catalog/lookup.ts';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { read, startServer } from './server.ts';

const schemaSql = /* sql */ `
  CREATE ROLE reader;
  CREATE ROLE writer;
  CREATE SCHEMA app;
  CREATE TYPE app.mood AS ENUM ('sad', 'ok');
  ALTER TYPE app.mood ADD VALUE 'fine, "really"' BEFORE 'ok';
  CREATE DOMAIN app.label AS varchar(40) NOT NULL CHECK (VALUE <> '');
  CREATE DOMAIN app.title AS app.label;
  CREATE DOMAIN app.feeling AS app.mood;
  CREATE TABLE app.people (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    gone int,
    title app.title,
    feeling app.feeling DEFAULT 'ok',
    name text COLLATE "C" NOT NULL DEFAULT 'x',
    shout text GENERATED ALWAYS AS (upper(name)) STORED,
    tags text[],
    boss bigint REFERENCES app.people ON DELETE SET NULL,
    born timestamptz,
    UNIQUE (name, boss));
  ALTER TABLE app.people DROP COLUMN gone, ADD CONSTRAINT "short name" CHECK (length(name) < 100) NOT VALID;
  CREATE UNIQUE INDEX people_lower ON app.people (lower(name), boss DESC) INCLUDE (born) WHERE born IS NOT NULL;
  CREATE VIEW app.names WITH (security_barrier, security_invoker) AS SELECT name FROM app.people;
  CREATE MATERIALIZED VIEW app.counted AS SELECT count(*) FROM app.people;
  ALTER TABLE app.people ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
  CREATE POLICY everyone ON app.people;
  CREATE POLICY few ON app.people AS RESTRICTIVE FOR UPDATE TO writer, reader
    USING (name = current_user) WITH CHECK (boss IN (SELECT id FROM app.people AS p WHERE p.born < '2020-01-01 00:00+00'));
  CREATE POLICY adding ON app.people FOR INSERT TO writer WITH CHECK (feeling::app.mood = 'ok');
  CREATE FUNCTION app.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';
  CREATE FUNCTION app.add(a int, b app.mood[], OUT c int) STABLE SECURITY DEFINER LEAKPROOF
    SET search_path = pg_catalog SET work_mem = '1MB' LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION app.half(a int) RETURNS int IMMUTABLE RETURN a / 2;
  CREATE PROCEDURE app.doing() LANGUAGE sql AS '';
  CREATE AGGREGATE app.total(int) (SFUNC = int4pl, STYPE = int);
  CREATE TRIGGER a_row BEFORE UPDATE OF name, boss ON app.people FOR EACH ROW
    WHEN (old.name IS DISTINCT FROM new.name) EXECUTE FUNCTION app.noted();
  CREATE TRIGGER b_all AFTER INSERT OR DELETE OR TRUNCATE ON app.people EXECUTE FUNCTION app.noted('an argument');
  CREATE CONSTRAINT TRIGGER c_late AFTER DELETE ON app.people DEFERRABLE FOR EACH ROW EXECUTE FUNCTION app.noted();
  CREATE TRIGGER d_view INSTEAD OF INSERT ON app.names FOR EACH ROW EXECUTE FUNCTION app.noted();
  ALTER TABLE app.people DISABLE TRIGGER a_row, ENABLE ALWAYS TRIGGER b_all, ENABLE REPLICA TRIGGER c_late`;

let cluster: Cluster;
let client: pg.Client;
let catalog: Catalog;

beforeAll(async () => {
  cluster = await startServer();
  client = await cluster.primary.connect();
  await client.query(schemaSql);
  catalog = await read(client);
});
afterAll(() => cluster?.close());

test('relations of every kind', () => {
  expect(catalog.relations.map(({ identity, kind }) => [identity, kind])).toEqual([
    ['app.counted', 'materialized view'],
    ['app.names', 'view'],
    ['app.people', 'table'],
    ['app.people_id_seq', 'sequence'],
  ]);
  expect(relation(catalog, 'app.people')).toMatchObject({
    rowSecurity: true,
    forceRowSecurity: true,
    parent: null,
    root: null,
  });
  expect(relation(catalog, 'app.names')?.options).toEqual(['security_barrier=true', 'security_invoker=true']);
  expect(relation(catalog, 'app.people')?.estimatedRows).toBe(-1);
});

test('columns: domains, enums, generated and identity columns, none that was dropped', () => {
  const plain = {
    notNull: false,
    default: null,
    generated: false,
    identity: false,
    labels: [],
    relation: 'app.people',
  };
  const labels = ['sad', 'fine, "really"', 'ok'];
  expect(columnsOf(catalog, 'app.people')).toEqual([
    {
      ...plain,
      name: 'id',
      position: 1,
      type: 'bigint',
      baseType: 'pg_catalog.int8',
      notNull: true,
      identity: true,
    },
    {
      ...plain,
      name: 'title',
      position: 3,
      type: 'app.title',
      baseType: 'pg_catalog.varchar',
      notNull: true,
    },
    {
      ...plain,
      name: 'feeling',
      position: 4,
      type: 'app.feeling',
      baseType: 'app.mood',
      labels,
      default: "'ok'::app.mood",
    },
    {
      ...plain,
      name: 'name',
      position: 5,
      type: 'text',
      baseType: 'pg_catalog.text',
      notNull: true,
      default: "'x'::text",
    },
    {
      ...plain,
      name: 'shout',
      position: 6,
      type: 'text',
      baseType: 'pg_catalog.text',
      generated: true,
      default: 'upper(name)',
    },
    { ...plain, name: 'tags', position: 7, type: 'text[]', baseType: 'pg_catalog._text' },
    { ...plain, name: 'boss', position: 8, type: 'bigint', baseType: 'pg_catalog.int8' },
    {
      ...plain,
      name: 'born',
      position: 9,
      type: 'timestamp with time zone',
      baseType: 'pg_catalog.timestamptz',
    },
  ]);
});

test('constraints', () => {
  const plain = {
    relation: 'app.people',
    references: null,
    referencedColumns: [],
    onDelete: null,
    validated: true,
  };
  expect(constraintsOf(catalog, 'app.people')).toEqual([
    {
      ...plain,
      name: 'people_boss_fkey',
      kind: 'foreign key',
      columns: ['boss'],
      definition: 'FOREIGN KEY (boss) REFERENCES app.people(id) ON DELETE SET NULL',
      references: 'app.people',
      referencedColumns: ['id'],
      onDelete: 'SET NULL',
    },
    {
      ...plain,
      name: 'people_name_boss_key',
      kind: 'unique',
      columns: ['name', 'boss'],
      definition: 'UNIQUE (name, boss)',
    },
    { ...plain, name: 'people_pkey', kind: 'primary key', columns: ['id'], definition: 'PRIMARY KEY (id)' },
    {
      ...plain,
      name: 'short name',
      kind: 'check',
      columns: ['name'],
      definition: 'CHECK ((length(name) < 100)) NOT VALID',
      validated: false,
    },
  ]);
});

test('indexes: an expression is null, INCLUDE is no key', () => {
  expect(indexesOf(catalog, 'app.people').map(({ name, columns }) => [name, columns])).toEqual([
    ['people_lower', [null, 'boss']],
    ['people_name_boss_key', ['name', 'boss']],
    ['people_pkey', ['id']],
  ]);
  expect(indexesOf(catalog, 'app.people')[0]).toMatchObject({
    method: 'btree',
    unique: true,
    primary: false,
    valid: true,
    predicate: '(born IS NOT NULL)',
    definition: expect.stringContaining('ON app.people USING btree (lower(name), boss DESC) INCLUDE (born)'),
  });
});

test('policies', () => {
  const plain = { relation: 'app.people', permissive: true, using: null, withCheck: null };
  expect(policiesOf(catalog, 'app.people')).toEqual([
    {
      ...plain,
      name: 'adding',
      command: 'INSERT',
      roles: ['writer'],
      withCheck: "((feeling)::app.mood = 'ok'::app.mood)",
    },
    { ...plain, name: 'everyone', command: 'ALL', roles: ['PUBLIC'] },
    {
      ...plain,
      name: 'few',
      permissive: false,
      command: 'UPDATE',
      roles: ['reader', 'writer'],
      using: '(name = CURRENT_USER)',
      withCheck: expect.stringMatching(/FROM app\.people p\s+WHERE \(p\.born < '2020-01-01 00:00:00\+00'/),
    },
  ]);
});

test('functions of every kind', () => {
  expect(catalog.functions.map(({ identity, kind, returns }) => [identity, kind, returns])).toEqual([
    ['app.add(a integer, b app.mood[], OUT c integer)', 'function', 'integer'],
    ['app.doing()', 'procedure', ''],
    ['app.half(a integer)', 'function', 'integer'],
    ['app.noted()', 'function', 'trigger'],
    ['app.total(integer)', 'aggregate', 'integer'],
  ]);
  expect(catalog.functions[0]).toMatchObject({
    language: 'sql',
    securityDefiner: true,
    leakproof: true,
    volatility: 'stable',
    settings: ['search_path=pg_catalog', 'work_mem=1MB'],
    source: 'SELECT 1',
    fromExtension: false,
  });
  expect(catalog.functions[2]).toMatchObject({ source: 'RETURN (a / 2)', volatility: 'immutable' });
});

test('triggers: state, columns, condition; none of the server own', () => {
  const facts = [...triggersOf(catalog, 'app.people'), ...triggersOf(catalog, 'app.names')];
  const plain = { level: 'ROW', columns: [], when: null, function: 'app.noted()', inherited: false };
  expect(facts.map(({ relation: _relation, definition: _definition, ...rest }) => rest)).toEqual([
    {
      ...plain,
      name: 'a_row',
      timing: 'BEFORE',
      events: ['UPDATE'],
      enabled: 'disabled',
      columns: ['name', 'boss'],
      when: '(old.name IS DISTINCT FROM new.name)',
    },
    {
      ...plain,
      name: 'b_all',
      timing: 'AFTER',
      level: 'STATEMENT',
      events: ['INSERT', 'DELETE', 'TRUNCATE'],
      enabled: 'always',
    },
    { ...plain, name: 'c_late', timing: 'AFTER', events: ['DELETE'], enabled: 'replica' },
    { ...plain, name: 'd_view', timing: 'INSTEAD OF', events: ['INSERT'], enabled: 'origin' },
  ]);
});

test('an extension: its relations are left out, its functions flagged', async ({ skip }) => {
  const { rows } = await client.query<{ name: string }>(
    "SELECT name FROM pg_available_extensions WHERE name = 'pg_stat_statements'",
  );
  skip(rows.length === 0, 'this PostgreSQL comes without pg_stat_statements');
  await client.query('BEGIN; CREATE EXTENSION pg_stat_statements SCHEMA app');
  try {
    const extended = await read(client);
    expect(extended.relations).toEqual(catalog.relations);
    expect(extended.columns).toEqual(catalog.columns);
    expect(extended.functions.filter(({ fromExtension }) => fromExtension).map(({ name }) => name)).toContain(
      'pg_stat_statements',
    );
  } finally {
    await client.query('ROLLBACK');
  }
});
