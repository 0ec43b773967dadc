import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkOf } from '../../../src/checks/index.ts';
import type { Stand } from '../hostile/bench.ts';
import { expectBroken, expectHeld, expectProved, openShop } from './shop/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openShop();
});
afterAll(() => stand?.close());

const goods = '"sh op"."go ods"';
const names = 'function "sh op".take_number()';
const kind = 'structure.concurrent';

/** Takes a number without locking the row, slowly enough to be overtaken. */
const unlocked = {
  fault: 'sql',
  object: names,
  says: 'take_number() reads before it writes',
  statement: `CREATE OR REPLACE FUNCTION "sh op".take_number() RETURNS integer LANGUAGE plpgsql AS $$
    DECLARE n integer; BEGIN SELECT last + 1 INTO n FROM "sh op".numbers; PERFORM pg_sleep(0.005);
    UPDATE "sh op".numbers SET last = n; RETURN n; END $$`,
};
const harmless = { fault: 'constraint-dropped', table: goods, constraint: 'not less' };
const setup = [
  { sql: `INSERT INTO ${goods} (id, stock) VALUES (1, 5), (2, 5) ON CONFLICT DO NOTHING`, expect: 'done' },
];

test('numbers taken at once are different, and a function without a lock is noticed', async () => {
  const check = {
    kind,
    names,
    parallel: { sessions: 4, each: 'INSERT INTO "sh op".tickets SELECT "sh op".take_number()', times: 10 },
    after: [
      { sql: 'SELECT count(*), count(DISTINCT no) FROM "sh op".tickets', expect: { values: [['40', '40']] } },
    ],
    without: [unlocked],
  };
  expect(await expectProved(stand, check)).toBe(1);
});

const overtaking = {
  kind,
  names,
  setup,
  sessions: { a: { as: "o'ne" }, 'b "c"': { role: 'shop "user"', settings: { 'shop.who': 'two' } } },
  script: [
    { session: 'a', sql: 'BEGIN' },
    {
      session: 'a',
      sql: `UPDATE ${goods} SET stock = stock - 1, version = version + 1 WHERE id = 1 AND version = 1 RETURNING version`,
      save: 'first',
      expect: { rows: 1 },
    },
    {
      session: 'b "c"',
      says: 'Who comes second finds another version.',
      sql: `UPDATE ${goods} SET stock = stock - 2 WHERE id = 1 AND version = :'first.version' - 1`,
      waits: true,
      expect: { rows: 0 },
    },
    { session: 'a', sql: 'COMMIT' },
  ],
  after: [
    { sql: `SELECT stock, changed_by FROM ${goods} WHERE id = 1`, expect: { values: [['4', "o'ne"]] } },
  ],
  without: [
    {
      fault: 'sql',
      object: names,
      says: 'nobody is stopped',
      statement: `CREATE RULE "no wait" AS ON UPDATE TO ${goods} DO INSTEAD NOTHING`,
    },
  ],
};

test('a session waits for another, and its end is seen when that is done', async () => {
  expect(await expectProved(stand, overtaking)).toBe(1);
});

test('one that should wait and does not is told', async () => {
  const breach = await expectBroken(stand, {
    ...overtaking,
    script: [{ session: 'x', sql: 'SELECT 1', waits: true }],
  });
  expect(breach).toMatchObject({
    object: names,
    expected: 'waits for another session',
    actual: 'does not wait: done, 1 row',
  });
});

test('one that should not wait and does is told, with whom it waits for', async () => {
  const script = [
    { session: 'a', sql: 'BEGIN' },
    { session: 'a', sql: `UPDATE ${goods} SET stock = 0` },
    { session: 'b', says: 'Readers are not stopped.', sql: `SELECT FROM ${goods} FOR UPDATE` },
  ];
  const breach = await expectBroken(stand, { kind, names, setup, script, without: [harmless] });
  expect(breach).toMatchObject({ expected: 'done', actual: 'waits for session a' });
  expect(breach.says).toContain('Readers are not stopped.');
  expect(breach.reproduce).toContain('-- session b\n');
});

test('deadlocks and lock timeouts are ways to end', () =>
  expectHeld(stand, {
    kind,
    names,
    setup,
    script: [
      // Whoever looks for a deadlock first is its victim: the first to wait must not look before the second does.
      {
        session: 'a',
        sql: `SET deadlock_timeout = '1min'; BEGIN; UPDATE ${goods} SET stock = 1 WHERE id = 1`,
      },
      { session: 'b', sql: `SET deadlock_timeout = '10ms'; SET lock_timeout = '50ms'` },
      { session: 'b', sql: `UPDATE ${goods} SET stock = 2 WHERE id = 1`, expect: { error: '55P03' } },
      { session: 'b', sql: `RESET lock_timeout; BEGIN; UPDATE ${goods} SET stock = 2 WHERE id = 2` },
      {
        session: 'a',
        sql: `UPDATE ${goods} SET stock = 1 WHERE id = 2`,
        waits: true,
        expect: { rows: 1 },
      },
      { session: 'b', sql: `UPDATE ${goods} SET stock = 2 WHERE id = 1`, expect: { error: '40P01' } },
      { session: 'b', sql: 'SELECT 1', expect: { error: '25P02' } },
      { session: 'a', sql: 'COMMIT' },
    ],
    after: [{ sql: `SELECT DISTINCT stock FROM ${goods}`, expect: { value: '1' } }],
    without: [harmless],
  }));

test('a transaction that is left open is undone before the end is looked at', () =>
  expectHeld(stand, {
    kind,
    names,
    setup,
    repeat: 3,
    script: [
      { session: 'a', sql: `BEGIN; DELETE FROM ${goods}` },
      { session: 'b', sql: `DELETE FROM ${goods}`, waits: true, expect: { error: '57014' } },
      {
        session: 'c',
        sql: `SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`,
        expect: { value: '1' },
      },
    ],
    after: [{ sql: `SELECT FROM ${goods}`, expect: { rows: 2 } }],
    without: [harmless],
  }));

test('each of many sessions must end as it should, or in a way that is named', async () => {
  const parallel = {
    sessions: 3,
    each: `INSERT INTO ${goods} (id) VALUES (:'parallel.time')`,
    times: 2,
    as: 'two',
  };
  const check = { kind, names, parallel, without: [harmless] };
  await expectHeld(stand, { ...check, parallel: { ...parallel, may: ['23505'] } });
  const breach = await expectBroken(stand, check);
  expect(breach.actual).toMatch(/^4 of 6 otherwise, the first: 23505 by constraint go ods_pkey: /);
});

test('a setup that fails, and one that cannot be committed, are told', async () => {
  const sql = `CREATE TABLE "sh op".late (id integer PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)`;
  const twice = { sql: 'INSERT INTO "sh op".late VALUES (1), (1)' };
  const script = [{ session: 'a', sql: 'SELECT 1' }];
  const failing = { kind, names, setup: [twice], script, without: [harmless] };
  expect((await expectBroken(stand, failing)).actual).toMatch(/^42P01: /);
  const late = { kind, names, setup: [{ sql }, twice], script, without: [harmless] };
  expect((await expectBroken(stand, late)).says).toMatch(/^setup cannot be committed: 23505/);
});

test('either a script or parallel', () => {
  const wrong = { kind, names, without: [harmless] };
  expect(() => checkOf(kind)?.tables(wrong)).toThrow('needs either a script or parallel');
});
