import { policySuite } from 'pgattest/vitest';
import { notes } from '../notes/design.ts';

const migrations = [notes.migrations, new URL('./widened/', import.meta.url)].flat();
const waivers = [
  { claim: 'notes.rls.notes.delete', owner: 'Ada', reason: 'until the split', expires: '2999-12-31' },
];

policySuite({ ...notes, migrations, waivers }, { only: { family: 'access', table: 'app.notes' } });
