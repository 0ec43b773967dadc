import { expect, test } from 'vitest';
import { until } from '../../../src/cluster/until.ts';
import { archiveBackups } from '../../../src/recovery/backup/methods.ts';
import { archived, ask, backedUp, insert, kinds, numbersOf, restored } from './backup-support.ts';

test.each(kinds)('%s: a segment that is missing stops a restore, and is named', async (kind) => {
  const { cluster, backups } = await backedUp(kind);
  const { primary } = cluster;
  await ask(primary, 'CREATE TABLE numbers (n int)');
  await backups.take('full');
  const segments: string[] = [];
  for (const n of [1, 2, 3]) {
    await insert(primary, n);
    const [row] = await ask(primary, 'SELECT pg_walfile_name(pg_current_wal_lsn()) AS segment');
    segments.push(String(row?.segment));
    await archived(backups);
  }
  const archive = cluster.topology?.ground.archive;
  const lost = segments[1] ?? '';
  const file = (await archive?.files())?.get(lost);
  expect(file?.bytes).toBeGreaterThan(100);
  await cluster.host.remove(file?.path ?? '');
  await expect(backups.restore({ name: 'restored', target: { kind: 'end' } })).rejects.toThrow(
    new RegExp(`recovery ended in segment \\w+, but the archive goes on to \\w+; ${lost} is missing`),
  );
  expect((await backups.verify()).join('; ')).toContain(`the archive lacks ${lost}`);
  const { stdout } = await cluster.host.exec(['ls', cluster.host.folder]);
  expect(stdout).not.toMatch(/^(restored|b\d)$/m);
});

test.each(kinds)('%s: an archive that lies is found out, and no backup is offered', async (kind) => {
  const { cluster } = await backedUp(kind);
  const backups = archiveBackups(cluster, () => cluster.primary, { archiveMs: 3_000 });
  await ask(cluster.primary, `ALTER SYSTEM SET archive_command = 'true'`);
  await ask(cluster.primary, 'SELECT pg_reload_conf()');
  await expect(backups.take('full')).rejects.toThrow(/archive/);
  expect(await backups.check()).not.toEqual([]);
  expect(await backups.list()).toEqual([]);
});

test('copies: one that is broken off is not offered, and damage to one is named', async () => {
  const { cluster, backups } = await backedUp('copies');
  const { primary, host } = cluster;
  await ask(primary, 'CREATE TABLE numbers (n int)');
  const stop = new AbortController();
  const taking = backups.take('full', stop.signal);
  const failed = expect(taking).rejects.toThrow('stopped half-way');
  const copying = async () =>
    (await host.exec(['sh', '-c', 'ls -d backups/.part-*/base/base'])).exitCode === 0;
  expect(await until(copying, 10_000)).toBe(true);
  stop.abort(new Error('stopped half-way'));
  await failed;
  expect(await backups.list()).toEqual([]);
  await expect(backups.restore({ name: 'restored', target: { kind: 'end' } })).rejects.toThrow(
    'take one first',
  );
  await expect(backups.take('incremental')).rejects.toThrow('copies are full, not incremental');

  const { label } = await backups.take('full');
  await host.exec(['sh', '-c', 'printf x >> "backups/$1/base/PG_VERSION"', 'sh', label]);
  expect(await backups.verify()).toEqual([`backup ${label}: PG_VERSION has another content`]);
});

test('a restored server goes on archiving on its own time line when asked to', async () => {
  const { cluster, backups } = await backedUp('pgbackrest');
  const { primary } = cluster;
  await ask(primary, 'CREATE TABLE numbers (n int)');
  await backups.take('full');
  await insert(primary, 1);
  await archived(backups);
  const next = await restored(backups, { target: { kind: 'end' }, archives: true });
  await primary.service.kill();
  const after = archiveBackups(cluster, () => next.server);
  await insert(next.server, 2);
  expect(await after.check()).toEqual([]);
  const incremental = await after.take('incremental');
  expect(incremental.end?.timeline).toBe(2);
  expect(await after.verify()).toEqual([]);
  const again = await restored(after, { name: 'again', target: { kind: 'end' } });
  expect(await numbersOf(again.server)).toEqual([1, 2]);
});
