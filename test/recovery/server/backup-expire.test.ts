import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { backupsOf } from '../../../src/recovery/backup/backrest-info.ts';
import { expireRepository } from '../../../src/recovery/backup/expire.ts';
import { readSegment } from '../../../src/recovery/backup/wal.ts';
import { keptBackups } from '../../../src/recovery/retention/repository.ts';
import { archived, ask, backedUp, insert, numbersOf, restored } from './backup-support.ts';

const faketime = '/usr/bin/faketime';

test('pgBackRest lets go the backups and the WAL that the policy says, by number and by time', async () => {
  const { cluster, backups } = await backedUp('pgbackrest');
  const { host, primary, topology } = cluster;
  const archive = topology?.ground.archive;
  if (archive?.store.kind !== 'pgbackrest') throw new Error('no repository');
  const { command } = archive.store;
  const list = async () => backupsOf((await host.exec([...command, 'info', '--output=json'])).stdout);
  const labels = async () => (await list()).map(({ label }) => label);
  await ask(primary, 'CREATE TABLE numbers (n int)');
  for (const kind of ['full', 'incremental', 'full', 'differential', 'full'] as const)
    await backups.take(kind);
  const made = await list();
  expect(made.map(({ kind }) => kind)).toEqual(['full', 'incremental', 'full', 'differential', 'full']);

  const two = keptBackups(made, { full: 2 }).map(({ label }) => label);
  expect(two.length).toBe(3);
  await expireRepository(host, command, { full: 2 });
  expect(await labels()).toEqual(two);
  // WAL since the oldest that is left, and none before.
  const oldest = readSegment((await list())[0]?.startSegment ?? '')?.number;
  const segments = [...(await archive.files()).keys()].flatMap((name) => readSegment(name)?.number ?? []);
  expect(Math.min(...segments)).toBe(oldest);

  if (existsSync(faketime)) {
    for (const days of [29, 31]) {
      const now = new Date(Date.now() + days * 86_400_000);
      const kept = keptBackups(await list(), { days: 30 }, now).map(({ label }) => label);
      expect(kept.length).toBe(days === 29 ? 3 : 1);
      await expireRepository(host, command, { days: 30 }, [faketime, '-f', `+${days}d`]);
      expect(await labels()).toEqual(kept);
    }
  }
  await insert(primary, 1);
  await archived(backups);
  expect(await backups.verify()).toEqual([]);
  const copy = await restored(backups, { target: { kind: 'end' } });
  expect(await numbersOf(copy.server)).toEqual([1]);
});
