import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkOf } from '../../../src/checks/index.ts';
import type { Stand } from '../hostile/bench.ts';
import { expectBroken, expectHeld, expectProved, openShop, tryCheck } from './shop/stand.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openShop();
});
afterAll(() => stand?.close());

const goods = '"sh op"."go ods"';
const names = `trigger "st ates" on ${goods}`;
const without = [{ fault: 'trigger-disabled', table: goods, trigger: 'st ates' }];
const story = (...steps: readonly object[]) => ({ kind: 'structure.behaviour', names, without, steps });
const add = (id: number, more = '') => ({ sql: `INSERT INTO ${goods} (id) VALUES (${id})${more}` });

test('a story holds, every way to end is told, and its counterexample is noticed', async () => {
  const check = story(
    { ...add(1, ' RETURNING id, changed_at'), save: 'it', expect: { rows: 1 } },
    { sql: `UPDATE ${goods} SET "sta te" = 'sold' WHERE id = :'it.id'`, as: "o'ne", expect: { rows: 1 } },
    {
      says: 'What is sold cannot become a draft.',
      sql: `UPDATE ${goods} SET "sta te" = 'draft'`,
      as: 'two',
      expect: { error: '23514', message: 'no way back' },
    },
    { sql: `UPDATE ${goods} SET stock = -1`, expect: { error: '23', constraint: 'not less' } },
    { sql: `SELECT changed_by FROM ${goods}`, expect: { value: "o'ne" } },
    {
      sql: `SELECT id, changed_by, NULL, true FROM ${goods}`,
      expect: { values: [['1', "o'ne", null, 't']] },
    },
    { sql: `SELECT count(*) FROM ${goods} WHERE changed_by = :'actor.o''ne.who'`, expect: { value: '1' } },
    { sql: `SELECT id FROM ${goods} WHERE changed_at = :'it.changed_at'`, expect: { rows: 1 } },
    { sql: `SELECT id FROM ${goods}`, as: 'two', expect: { same: `SELECT id FROM ${goods}` } },
    { sql: `SELECT id FROM ${goods}`, as: 'anonymous', expect: { none: true } },
    {
      sql: `SELECT current_user || current_setting('a.b')`,
      role: 'shop "user"',
      settings: { 'a.b': "'" },
      expect: { value: `shop "user"'` },
    },
    { sql: `SELECT NULLIF(current_setting('a.b', true), '')`, expect: { value: null } },
    { sql: `SELECT current_user, current_setting('shop.who')`, expect: { values: [['postgres', '']] } },
    { sql: `SELECT 'as of:' || 'x', '{"a":''}'`, expect: 'done' },
  );
  expect(await expectProved(stand, check)).toBe(1);
});

test.each([
  ['an error that should not be', add(1, ', (1)'), 'done', '23505 by constraint go ods_pkey: duplicate key'],
  ['done instead of an error', add(1), { error: '23514' }, 'done, 1 row'],
  ['another error', { sql: 'SELECT 1/0' }, { error: '23' }, '22012: division by zero'],
  [
    'another message',
    { sql: 'SELECT 1/0' },
    { error: '22012', message: 'by one' },
    '22012: division by zero',
  ],
  [
    'another constraint',
    { sql: `INSERT INTO ${goods} (id, stock) VALUES (1, -1)` },
    { error: '23514', constraint: 'x' },
    '23514 by constraint not less',
  ],
  ['too few rows', { sql: `UPDATE ${goods} SET stock = 1` }, { rows: 1 }, '0 rows'],
  ['too many rows', { sql: 'SELECT 1' }, { none: true }, '1 row'],
  ['another value', { sql: 'SELECT 1.50' }, { value: '1.5' }, '1.50'],
  ['no row', { sql: 'SELECT 1 WHERE false' }, { value: null }, 'no row'],
  ['other values', { sql: 'SELECT 1, NULL' }, { values: [['1', '']] }, '(1, NULL)'],
  [
    'other rows',
    { sql: 'VALUES (1), (1), (2)' },
    { same: 'VALUES (1), (3)' },
    '2 rows too many: (1), (2); 1 row missing: (3)',
  ],
  [
    'a role that is not there',
    { sql: 'SELECT 1', role: 'no "body' },
    'done',
    '22023: role "no "body" does not exist',
  ],
])('broken by %s', async (_, step, expected, actual) => {
  const breach = await expectBroken(
    stand,
    story({ ...step, says: 'What it shows', expect: expected }, { sql: 'SELECT nonsense' }),
  );
  expect(breach).toMatchObject({ object: names });
  expect(breach.actual).toContain(actual);
  expect(breach.says).toMatch(/^What it shows: .*, expected /);
});

test('nothing is kept of a row that is not there', async () => {
  const breach = await expectBroken(stand, story({ sql: `SELECT id FROM ${goods}`, save: 'it' }));
  expect(breach).toMatchObject({ actual: 'no row', expected: 'a row to keep as it' });
});

test('the script of a breach shows it in psql and leaves nothing', async () => {
  const check = story(
    { ...add(7, ' RETURNING id'), save: 'it' },
    { sql: `SELECT stock FROM ${goods} WHERE id = :'it.id' -- the one`, as: "o'ne", expect: { value: '9' } },
  );
  const { reproduce = '' } = await expectBroken(stand, check);
  expect(reproduce).toContain(`RETURNING id \\gset it_`);
  expect(reproduce).toContain(`WHERE id = :'it_id' -- the one\n; -- expected: 9`);
  expect(reproduce).toMatch(
    /^BEGIN;[\s\S]*SET LOCAL SESSION AUTHORIZATION "shop ""user""";[\s\S]*ROLLBACK;$/,
  );
});

test('a claim that is wrong itself says so', async () => {
  await expect(tryCheck(stand, story({ sql: `SELECT :'it.id'` }))).rejects.toThrow(
    `nothing has saved :'it.id'`,
  );
  await expect(tryCheck(stand, story({ sql: 'SELECT 1', as: 'no one' }))).rejects.toThrow('no actor no one');
});

test.each(['COMMIT', 'select 1; -- x\n end', 'ROLLBACK', 'START TRANSACTION', 'PREPARE TRANSACTION $$x$$'])(
  'a story must not end its transaction: %s',
  (sql) => {
    expect(() => checkOf('structure.behaviour')?.tables(story({ sql }))).toThrow(
      'must not end the transaction',
    );
  },
);

test('what a savepoint undoes may be undone', () =>
  expectHeld(
    stand,
    story(
      { sql: `SAVEPOINT a; ${add(1).sql}; ROLLBACK TO a` },
      { sql: `SELECT FROM ${goods}`, expect: { none: true } },
    ),
  ));
