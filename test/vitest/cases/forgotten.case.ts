import { openDesign } from 'pgattest/vitest';
import { beforeAll, test } from 'vitest';
import { notes } from '../notes/design.ts';

const db = await openDesign(notes);
let early: unknown;
beforeAll(async () => {
  early = await db.query('SELECT 1').then(undefined, (reason) => (reason as Error).message);
});

test('forgets an await', () => {
  db.as('first').query('DELETE FROM app.notes');
});

test('asks outside a test', () => {
  throw new Error(String(early));
});

test.concurrent('one of two', async () => {
  await db.query('SELECT pg_sleep(0.2)');
});

test.concurrent('two of two', async () => {
  await db.query('SELECT 2');
});
