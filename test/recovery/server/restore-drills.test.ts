import { expect, test, vi } from 'vitest';
import { backupHalfWay } from '../../../src/recovery/drills/backup-half-way.ts';
import { backupUnderLoad } from '../../../src/recovery/drills/backup-under-load.ts';
import { restoreLatest } from '../../../src/recovery/drills/restore-latest.ts';
import { segmentMissing } from '../../../src/recovery/drills/segment-missing.ts';
import { tenantRestore } from '../../../src/recovery/drills/tenant-restore.ts';
import { wrongTimeLine } from '../../../src/recovery/drills/wrong-time-line.ts';
import type { Drill } from '../../../src/recovery/model.ts';
import { design, type Tried, type TryOptions, tryDrill } from './restore-stand.ts';

// Each is a cluster, a backup and up to four restores.
vi.setConfig({ testTimeout: 240_000 });

/** What is wrong with one of the drill's own counterexamples in. */
async function broken(drill: Drill, kind: string, options: TryOptions): Promise<string> {
  const fault = drill.counterexamples(design).find((each) => each.kind === kind);
  if (fault === undefined) throw new Error(`${drill.name} has no counterexample ${kind}`);
  const { wrong } = await tryDrill(drill, { ...options, fault });
  return wrong.join('\n');
}

const actualOf = ({ recovered }: Tried, way: RegExp) =>
  recovered.seen.find((each) => way.test(each.way))?.actual;

test('tenant-restore: the rows of one tenant come back, and nobody else notices', async () => {
  const tried = await tryDrill(tenantRestore, { kind: 'copies' });
  expect(tried.wrong).toEqual([]);
  // Of the design: a tenant, ten rooms, five hundred bookings.
  expect(Number.parseInt(actualOf(tried, /come from the restored copy/) ?? '', 10)).toBeGreaterThan(520);
});

test('tenant-restore: rows that do not come back are noticed', async () => {
  expect(await broken(tenantRestore, 'inserts-swallowed', { kind: 'copies' })).toMatch(
    /rooms\.tenant|foreign key/,
  );
});

test.each(['copies', 'pgbackrest'] as const)(
  'restore-latest: from the repository alone, with what it had (%s)',
  async (kind) => {
    const tried = await tryDrill(restoreLatest, { kind });
    // What had not got into the archive is lost, and nothing else is wrong.
    expect(tried.wrong.filter((each) => !/: \d+ (lost|reordered)$/.test(each))).toEqual([]);
    expect(tried.ledger?.found).toBeGreaterThan(50);
  },
);

test('restore-latest: an archive that lies, and one that may be late for ever, are noticed', async () => {
  const lying = await broken(restoreLatest, 'archive-lies-later', { kind: 'copies' });
  expect(lying).toMatch(/archive: .*not there/);
  const late = await broken(restoreLatest, 'primary-setting', { kind: 'copies' });
  expect(late).toMatch(/a segment stays open until it is full/);
});

test('wrong-time-line: each branch is followed when it is asked for', async () => {
  const tried = await tryDrill(wrongTimeLine, { kind: 'pgbackrest' });
  expect(tried.wrong).toEqual([]);
});

test('wrong-time-line: a history that is lost leads back to the old branch, and is noticed', async () => {
  expect(await broken(wrongTimeLine, 'history-lost', { kind: 'copies' })).toMatch(
    /copy along time line latest: .*: 0 of the 10 commits after the restore, 10 of the 10/,
  );
});

test.each(['copies', 'pgbackrest'] as const)(
  'segment-missing: a gap is named and refused, and a new backup leads on (%s)',
  async (kind) => {
    const tried = await tryDrill(segmentMissing, { kind });
    expect(tried.wrong).toEqual([]);
    expect(actualOf(tried, /to the end of the archive, across the gap/)).toMatch(/none: .*is missing/);
  },
);

test('segment-missing: an archive that lies is noticed', async () => {
  expect(await broken(segmentMissing, 'archive-lies-later', { kind: 'copies' })).toMatch(
    /archive: .*not there/,
  );
});

test.each(['copies', 'pgbackrest'] as const)(
  'backup-half-way: what was broken off is not offered (%s)',
  async (kind) => {
    const tried = await tryDrill(backupHalfWay, { kind });
    expect(tried.wrong).toEqual([]);
    expect(actualOf(tried, /killed half-way/)).not.toContain(',');
  },
);

test.each(['copies', 'pgbackrest'] as const)(
  'backup-half-way: half a backup that is offered is noticed (%s)',
  async (kind) => {
    expect(await broken(backupHalfWay, 'half-a-backup', { kind })).toMatch(/all that is stored is verified/);
  },
);

test('backup-under-load: taken while everybody writes, and what it costs', async () => {
  const tried = await tryDrill(backupUnderLoad, { kind: 'pgbackrest' });
  expect(tried.wrong).toEqual([]);
  expect(actualOf(tried, /while a backup is taken/)).toMatch(/^\d+ commits\/s, \d+ before/);
});

test('backup-under-load: one whose WAL is nowhere is none', async () => {
  expect(await broken(backupUnderLoad, 'primary-setting', { kind: 'copies' })).toMatch(/backup: .*none/);
});
