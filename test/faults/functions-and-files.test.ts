import { afterAll, beforeAll, expect, test } from 'vitest';
import { Session } from '../../src/cluster/session.ts';
import { faults } from '../../src/faults/index.ts';
import { openStand, type Stand } from '../checks/hostile/bench.ts';
import { shop } from '../checks/structure/shop/design.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(shop);
});
afterAll(() => stand?.close());

const withConfig = (text: string) => ({ ...stand.design, config: { 'a.ini': text } });
const ini = '; k = 0\n[a]\nk = 1\n# k = 2\n"q k"=3\n[b]\nk = 4\n';

test.each([
  ['a', 'k', '5', '; k = 0\n[a]\nk = 5\n# k = 2\n"q k"=3\n[b]\nk = 4\n'],
  ['b', 'k', null, '; k = 0\n[a]\nk = 1\n# k = 2\n"q k"=3\n[b]\n'],
  ['a', 'q k', null, '; k = 0\n[a]\nk = 1\n# k = 2\n[b]\nk = 4\n'],
  ['b', 'new', '6', '; k = 0\n[a]\nk = 1\n# k = 2\n"q k"=3\n[b]\nnew = 6\nk = 4\n'],
])('ini-changed: %s.%s = %s', (section, key, value, expected) => {
  const fault = faults['ini-changed']('a.ini', section, key, value);
  expect(fault.alters?.(withConfig(ini)).config['a.ini']).toBe(expected);
  expect(fault).toMatchObject({ object: 'a.ini', kind: 'ini-changed', scope: 'transaction' });
});

test('text-removed takes every match, and what comes to match by it', () => {
  const fault = faults['text-removed']('a.ini', '^x$|ab');
  expect(fault.alters?.(withConfig('aabb\nx\nxy')).config['a.ini']).toBe('\n\nxy');
  // A pattern that finds nothing but a place takes nothing, and ends.
  expect(faults['text-removed']('a.ini', '^').alters?.(withConfig('x')).config['a.ini']).toBe('x');
});

const shapes = [
  [
    'f()',
    `FUNCTION "sh op".f() RETURNS void LANGUAGE sql AS 'INSERT INTO "sh op".tickets VALUES (1)'`,
    'SELECT "sh op".f()',
  ],
  [
    'f(integer,text)',
    `FUNCTION "sh op".f(a integer, b text DEFAULT $x$'
AS $x$) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog BEGIN ATOMIC INSERT INTO "sh op".tickets VALUES (a) RETURNING no; END`,
    'SELECT "sh op".f(1)',
  ],
  [
    'f()',
    `FUNCTION "sh op".f() RETURNS SETOF integer LANGUAGE sql AS 'INSERT INTO "sh op".tickets VALUES (1) RETURNING no'`,
    'SELECT "sh op".f()',
  ],
  [
    'f()',
    `FUNCTION "sh op".f(OUT a integer, OUT b integer) LANGUAGE plpgsql AS $function$ BEGIN INSERT INTO "sh op".tickets VALUES (1); a := 1; END $function$`,
    'SELECT "sh op".f()',
  ],
  [
    'f()',
    `FUNCTION "sh op".f() RETURNS TABLE (x integer) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "sh op".tickets VALUES (1); RETURN NEXT; END $$`,
    'SELECT "sh op".f()',
  ],
  [
    'f()',
    `PROCEDURE "sh op".f() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "sh op".tickets VALUES (1); END $$`,
    'CALL "sh op".f()',
  ],
  [
    'f()',
    `FUNCTION "sh op".f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO "sh op".tickets VALUES (1); RETURN new; END $$;
     CREATE TRIGGER t BEFORE INSERT ON "sh op"."go ods" FOR EACH ROW EXECUTE FUNCTION "sh op".f()`,
    'INSERT INTO "sh op"."go ods" (id) VALUES (1)',
  ],
] as const;

test.each(shapes)('function-emptied: %s as %s', async (identity, definition, call) => {
  await stand.withCopy(async ({ client }) => {
    const count = async () => {
      await client.query(call);
      return (await client.query('SELECT count(*)::int AS n FROM "sh op".tickets')).rows[0].n;
    };
    expect(await count()).toBe(1);
    await client.query('BEGIN; DELETE FROM "sh op".tickets; DELETE FROM "sh op"."go ods"');
    const fault = faults['function-emptied'](`"sh op".${identity}`);
    expect(fault).toMatchObject({ kind: 'function-emptied', object: `"sh op".${identity}` });
    await fault.inject({ session: new Session(client) });
    expect(await count()).toBe(0);
    await client.query('ROLLBACK; DELETE FROM "sh op"."go ods"');
    expect(await count()).toBe(2);
  }, `CREATE ${definition}`);
});

test('function-emptied keeps what else is said of the function', async () => {
  const facts = `SELECT prosecdef, proconfig, proowner, pronargdefaults FROM pg_proc WHERE proname = 'f'`;
  await stand.withCopy(async ({ client }) => {
    const before = await client.query(facts);
    await faults['function-emptied']('"sh op".f(integer,text)').inject({ session: new Session(client) });
    expect((await client.query(facts)).rows).toEqual(before.rows);
  }, `CREATE ${shapes[1][1]}`);
});

test('drops-by-name drops what is named like an old partition, and nothing later', async () => {
  const names = ['lo gs_2001_01', 'lo gs_1999_x', 'lo gs_9999_01', 'lo gs2_2001_01', 'Lo gs_2001_01'];
  const sql = names.map((name) => `CREATE TABLE "sh op"."${name}" ()`).join(';');
  await stand.withCopy(async ({ client }) => {
    const identity = '"sh op"."ret ain"(integer)';
    await faults['drops-by-name'](identity, '"sh op"."lo gs"').inject({ session: new Session(client) });
    await client.query('SELECT "sh op"."ret ain"(24)');
    const { rows } = await client.query(
      `SELECT relname FROM pg_class WHERE relname ILIKE 'lo gs%\\_%' AND relkind = 'r' ORDER BY 1`,
    );
    expect(rows.map(({ relname }) => relname).sort()).toEqual([
      'Lo gs_2001_01',
      'lo gs2_2001_01',
      'lo gs_9999_01',
    ]);
  }, sql);
});
