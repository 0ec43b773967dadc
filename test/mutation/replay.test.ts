import type pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Catalog } from '../../src/catalog/catalog.ts';
import { readCatalog } from '../../src/catalog/index.ts';
import { loadParser } from '../../src/checks/access/predicate.ts';
import { type Cluster, startCluster } from '../../src/cluster/cluster.ts';
import type { ValidDesign } from '../../src/design/validate.ts';
import { Dependencies } from '../../src/mutation/dependencies.ts';
import { type Mutant, nothing } from '../../src/mutation/mutant.ts';
import { loadPlPgSql } from '../../src/mutation/plpgsql.ts';
import { Reach } from '../../src/mutation/replay/reach.ts';
import { RecordingSession } from '../../src/mutation/replay/recording-session.ts';
import { ReplayingSession } from '../../src/mutation/replay/replaying-session.ts';
import { Tape } from '../../src/mutation/replay/tape.ts';
import { readSource } from '../../src/mutation/source.ts';

const schema = `
  CREATE ROLE r_user; CREATE SCHEMA r; GRANT USAGE ON SCHEMA r TO r_user;
  CREATE FUNCTION r.plain() RETURNS integer LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';
  CREATE FUNCTION r.definer() RETURNS integer LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT 1';
  CREATE FUNCTION r.simple() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 1';
  CREATE FUNCTION r.fixed() RETURNS integer LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN 1; END';
  CREATE FUNCTION r.refuses() RETURNS integer LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
  CREATE FUNCTION r.hides() RETURNS integer LANGUAGE plpgsql AS
    'BEGIN RETURN r.refuses(); EXCEPTION WHEN OTHERS THEN RETURN 0; END';
  CREATE FUNCTION r.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.b := NEW.b + 1; RETURN NEW; END';
  CREATE TABLE r.t (a integer PRIMARY KEY, b integer DEFAULT 0, drawn uuid DEFAULT gen_random_uuid());
  INSERT INTO r.t SELECT generate_series(1, 3);
  CREATE TRIGGER touch BEFORE UPDATE ON r.t FOR EACH ROW EXECUTE FUNCTION r.touch();
  GRANT SELECT, INSERT, UPDATE ON r.t TO r_user;`;

let cluster: Cluster;
let client: pg.Client;
let reach: Reach;
let tape: Tape;

beforeAll(async () => {
  await Promise.all([loadParser(), loadPlPgSql()]);
  cluster = await startCluster({ on: 'auto', settings: {}, throwaway: true });
  client = await cluster.primary.connect();
  await client.query(schema);
  const query = async (sql: string, values: readonly unknown[] = []) =>
    (await client.query(sql, [...values])).rows;
  const catalog: Catalog = await readCatalog(query, { schemas: ['r'] });
  const source = await readSource(query, { access: [] } as unknown as ValidDesign, catalog);
  reach = new Reach(source, new Dependencies(source));
});
afterAll(async () => {
  await client?.end();
  await cluster?.close();
});
beforeEach(async () => {
  tape = new Tape();
  await client.query('BEGIN');
});
afterEach(async () => {
  await client.query('ROLLBACK');
});

const mutantOf = (name: string, operator = 'negated') =>
  ({
    operator,
    touches: { ...nothing, functions: [`r.${name}()`], kinds: ['structure.function'] },
  }) as unknown as Mutant;
const changed = (name: string) => reach.of(mutantOf(name)) ?? 0n;
const actor = { role: 'r_user', settings: {} };

/** What statements ran, by the names of functions. */
async function ran(...statements: readonly string[]): Promise<readonly string[]> {
  const session = new RecordingSession(client, tape, reach);
  await session.start();
  for (const statement of statements) await session.attempt(statement);
  return reach.counted.flatMap(({ name }, bit) => ((session.ran >> BigInt(bit)) & 1n ? [name] : []));
}

describe('which functions a statement ran', () => {
  test.each([
    ['none', 'SELECT a FROM r.t', []],
    ['in PL/pgSQL', 'SELECT r.plain()', ['plain']],
    ['in SQL, with the rights of its owner', 'SELECT r.definer()', ['definer']],
    ['of a trigger', 'UPDATE r.t SET a = a', ['touch']],
    ['of a trigger that no row reached', 'UPDATE r.t SET a = a WHERE a > 9', []],
    ['one that raised an error', 'SELECT r.refuses()', ['refuses']],
    ['one that caught it, of another', 'SELECT r.hides()', ['hides']],
    ['inside DO', 'DO $$ BEGIN PERFORM r.plain(); END $$', ['plain']],
  ])('%s', async (_, statement, expected) => {
    expect(await ran(statement)).toEqual(expected);
  });

  test('a privilege that is missing is missed before', async () => {
    const session = new RecordingSession(client, tape, reach);
    await session.start();
    const attempt = await session.as(actor, () => session.attempt('DELETE FROM r.t WHERE a = r.plain()'));
    expect(attempt).toMatchObject({ status: 'error', error: { sqlstate: '42501' } });
  });

  test('whoever looks at definitions may see any change', async () => {
    const session = new RecordingSession(client, tape, reach);
    await session.start();
    await session.query('SELECT count(*) FROM pg_proc');
    expect(session.ran).toBe(-1n);
  });
});

describe('which changes calls tell of', () => {
  test.each(['simple', 'fixed'])('not of %s(): it may be run without being called', (name) => {
    expect(reach.of(mutantOf(name))).toBeUndefined();
  });

  test('of refuses() also calls of what catches its errors', () => {
    expect(changed('refuses')).toBe(changed('refuses') | changed('hides'));
    expect(changed('plain') & changed('hides')).toBe(0n);
  });

  test('not of other rights for a function in SQL', () => {
    expect(reach.of(mutantOf('definer', 'security-invoker'))).toBeUndefined();
    expect(reach.of(mutantOf('plain', 'security-definer'))).toBeDefined();
  });
});

describe('what is played again', () => {
  const work = async (session: RecordingSession | ReplayingSession, insert: string) =>
    session.as(actor, async () => {
      await session.attempt(insert, [], true);
      const read = await session.query('SELECT a, b FROM r.t ORDER BY a');
      const denied = await session.attempt('DELETE FROM r.t');
      const updated = await session.attempt('UPDATE r.t SET a = a WHERE a = 1 RETURNING b');
      return { read, denied, updated };
    });
  const plain = 'INSERT INTO r.t (a) VALUES (9)';
  const record = async (insert: string) => {
    const session = new RecordingSession(client, tape, reach);
    await session.start();
    return work(session, insert);
  };
  const bump = () =>
    client.query(
      "CREATE OR REPLACE FUNCTION r.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.b := 7; RETURN NEW; END'",
    );

  test('what did not run the changed function is not run, and gives what it gave', async () => {
    const before = await record(plain);
    // Were anything run, it would fail.
    await client.query('DROP TABLE r.t');
    const session = new ReplayingSession(client, tape, changed('plain'));
    expect(await work(session, plain)).toEqual(before);
    expect(session.mismatched).toBe(false);
  });

  test('what ran it is run, after all that it builds on', async () => {
    const before = await record(plain);
    await bump();
    const session = new ReplayingSession(client, tape, changed('touch'));
    const after = await work(session, plain);
    expect(after).toEqual({ ...before, updated: { status: 'done', rows: [{ b: 7 }], count: 1 } });
    expect(session.mismatched).toBe(false);
    expect((await client.query('SELECT FROM r.t')).rowCount).toBe(3);
  });

  test('what builds on something else than was recorded does not count', async () => {
    const drawn = 'INSERT INTO r.t (a) VALUES (9) RETURNING drawn';
    await record(drawn);
    await bump();
    const session = new ReplayingSession(client, tape, changed('touch'));
    await work(session, drawn);
    expect(session.mismatched).toBe(true);
  });

  test('a statement after others than those recorded is run', async () => {
    await record(plain);
    const session = new ReplayingSession(client, tape, changed('plain'));
    const { read } = await work(session, 'INSERT INTO r.t (a) VALUES (8)');
    expect(read).toContainEqual({ a: 8, b: 0 });
  });
});
