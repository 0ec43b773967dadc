import { describe, expect, test, vi } from 'vitest';
import { faults } from '../../../src/faults/index.ts';
import { badMigration } from '../../../src/recovery/drills/bad-migration.ts';
import { pointInTimeDelete } from '../../../src/recovery/drills/point-in-time-delete.ts';
import { pointInTimeDrop } from '../../../src/recovery/drills/point-in-time-drop.ts';
import { inOrder, tryDrill } from './restore-stand.ts';

// Each is a cluster, a backup and up to four restores.
vi.setConfig({ testTimeout: 240_000 });

const phases = [
  'fault',
  'declared',
  'fetched',
  'consistent',
  'target-reached',
  'verified',
  'fenced',
  'rerouted',
  'serving',
];

describe.each([
  [pointInTimeDelete, 'pgbackrest'],
  [pointInTimeDrop, 'copies'],
  [badMigration, 'pgbackrest'],
] as const)('$name', (drill, kind) => {
  test(`the moment before comes back, and writers go on (${kind})`, async () => {
    const tried = await tryDrill(drill, { kind });
    expect(tried.wrong).toEqual([]);
    expect(inOrder(tried, phases)).toEqual(phases);
    expect(tried.ledger?.found).toBeGreaterThan(50);
  });

  test('an archive that lies is noticed', async () => {
    const tried = await tryDrill(drill, { kind, fault: faults['archive-lies-later']() });
    expect(tried.wrong.join('\n')).toMatch(/archive: .*not there[\s\S]*restore: .*none: /);
  });
});
