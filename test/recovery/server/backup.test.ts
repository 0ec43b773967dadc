import { expect, test } from 'vitest';
import { until } from '../../../src/cluster/until.ts';
import type { BackupMethod } from '../../../src/recovery/backup/model.ts';
import { archived, ask, backedUp, insert, kinds, numbersOf, restored } from './backup-support.ts';

test.each(kinds)('%s: restored to the end, to a moment, to a name and to an LSN', async (kind) => {
  const { cluster, backups } = await backedUp(kind);
  const { primary } = cluster;
  expect(backups.name).toBe(kind);
  await ask(primary, 'CREATE TABLE numbers (n int)');
  await insert(primary, 1);
  const backup = await backups.take('full');
  expect(backup).toMatchObject({ kind: 'full', end: { timeline: 1 } });
  expect(backup.bytes).toBeGreaterThan(1_000_000);
  expect((await backups.list()).map(({ label }) => label)).toEqual([backup.label]);
  expect(await backups.verify()).toEqual([]);

  await insert(primary, 2);
  await archived(backups);
  // Those of pgBackRest end at some moment of a second.
  const late = () =>
    ask(primary, `SELECT clock_timestamp()::text AS at, now() > '${backup.at.toISOString()}' AS past`);
  expect(await until(async () => (await late())[0]?.past === true, 10_000)).toBe(true);
  const [moment] = await late();
  await insert(primary, 3);
  const [point] = await ask(primary, "SELECT pg_create_restore_point('here')::text AS lsn");
  await insert(primary, 4);
  await archived(backups);

  const looked: [Parameters<BackupMethod['restore']>[0]['target'], readonly number[]][] = [
    [{ kind: 'time', at: String(moment?.at) }, [1, 2]],
    [{ kind: 'name', name: 'here' }, [1, 2, 3]],
    [{ kind: 'lsn', lsn: String(point?.lsn) }, [1, 2, 3]],
    [{ kind: 'end' }, [1, 2, 3, 4]],
  ];
  for (const [target, numbers] of looked) {
    const copy = await restored(backups, { target });
    expect(await numbersOf(copy.server), target.kind).toEqual(numbers);
    await insert(copy.server, 99);
    const { fetched, consistent, reached } = copy.phases;
    expect([0, fetched, consistent, reached]).toEqual(
      [0, fetched, consistent, reached].toSorted((a, b) => a - b),
    );
    expect(copy.bytes).toBeGreaterThan(10_000_000);
    expect(copy.segments).toBeGreaterThan(0);
    expect(copy.end?.timeline).toBe(1);
    await copy.close();
  }
  expect(await numbersOf(primary)).toEqual([1, 2, 3, 4]);
  const { stdout } = await cluster.host.exec(['ls', cluster.host.folder]);
  expect(stdout).not.toMatch(/^(restored|b\d)$/m);
});
