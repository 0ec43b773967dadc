import { openDesign } from 'pgattest/vitest';
import { expect, test } from 'vitest';
import { notes } from './notes/design.ts';

const db = await openDesign(notes);
const [mine, theirs] = [db.ids.uuid('app.notes', 0), db.ids.uuid('app.notes', 1)];

test('a tenant sees its notes and no others', async () => {
  await expect(db.as('first')).toSee('app.notes', { rows: 10 });
  await expect(db.as('first')).not.toSee('app.notes', { where: '"row".id = $1', values: [theirs] });
});

test('a tenant cannot give a note away', async () => {
  await expect(db.as('first').query('UPDATE app.notes SET tenant = $1', [theirs])).toBeDenied('privilege');
});

test('a removed note is on record', async () => {
  const removal = db.as('first').query('DELETE FROM app.notes WHERE id = $1', [mine]);
  await expect(removal).toBeAudited({ table: 'app.notes', action: 'DELETE', key: mine });
});
