import { openDesign } from 'pgattest/vitest';
import { test } from 'vitest';
import { notes } from '../notes/design.ts';

const db = await openDesign(notes);

test('hangs', async () => {
  await db.query('SELECT 1');
  console.log('hanging now');
  await new Promise(() => {});
});
