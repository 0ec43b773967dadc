import { policySuite } from 'pgattest/vitest';
import { notes } from '../notes/design.ts';

const migrations = [notes.migrations, new URL('./copied/', import.meta.url)].flat();

policySuite({ ...notes, migrations }, { only: { table: 'app.notes', command: 'SELECT' } });
