import { openDesign, StatementError } from 'pgattest/vitest';
import { beforeEach, describe, expect, test } from 'vitest';
import { notes } from './notes/design.ts';

const db = await openDesign(notes);
const setting = "SELECT current_setting('app.tenant', true) AS tenant";

test('what a test does, the next does not see', async () => {
  await db.as('first').query('DELETE FROM app.notes');
  await expect(db.as('first')).toSee('app.notes', { rows: 0 });
});

test('as the one before left nothing', async () => {
  await expect(db.as('first')).toSee('app.notes', { rows: 10 });
});

test('actors of one test see what the others did', async () => {
  const tenant = db.as('second').actor.attributes.tenant;
  await db.query('UPDATE app.notes SET tenant = $1', [tenant]);
  const { count, rows } = await db.as('second').query('SELECT id FROM app.notes');
  expect([count, rows.length]).toEqual([30, 30]);
  await expect(db.as('first')).toSee('app.notes', { rows: 0 });
});

test('a setting is unset until it served somebody, then empty', async () => {
  expect((await db.as('anonymous').query(setting)).rows).toEqual([{ tenant: null }]);
  expect((await db.as('first').query(setting)).rows).toEqual([
    { tenant: db.as('first').actor.attributes.tenant },
  ]);
  expect((await db.as('anonymous').query(setting)).rows).toEqual([{ tenant: '' }]);
  expect((await db.query('SELECT session_user AS who')).rows).toEqual([{ who: 'postgres' }]);
  expect((await db.as('first').query('SELECT session_user AS who')).rows).toEqual([{ who: 'notes_user' }]);
});

test('a refused statement throws, with actor and statement, and the test goes on', async () => {
  const refused = db.as('first').query('TRUNCATE\n  app.notes');
  await expect(refused).rejects.toThrow(StatementError);
  await expect(db.as('first').query('TRUNCATE app.notes')).rejects.toThrow(
    /^first: 42501 by privilege: permission denied for table notes\n {2}statement TRUNCATE app\.notes$/,
  );
  await expect(db.as('first')).toSee('app.notes', { rows: 10 });
});

test('statements that are started together are sent one after the other', async () => {
  const counts = await Promise.all(
    ['first', 'second', 'anonymous', 'first'].map((name) => db.as(name).query('SELECT id FROM app.notes')),
  );
  expect(counts.map(({ count }) => count)).toEqual([10, 10, 0, 10]);
});

describe('what beforeEach prepares', () => {
  beforeEach(async () => {
    await db.as('first').query('DELETE FROM app.notes');
  });

  test('belongs to the test', async () => {
    await expect(db.as('first')).toSee('app.notes', { rows: 0 });
  });
});
