import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mayMount, mountedBelow } from '../../src/cluster/mounts.ts';
import { processTable } from '../../src/cluster/process-table.ts';
import { liveRuns, reapOrphans } from '../../src/cluster/reap.ts';
import { mappedSegments } from '../../src/cluster/shared-memory.ts';
import { killHard, runFolders, scratchMachine, startHolder, testCluster, testHost } from './support.ts';

const table = processTable(process.platform);
/** System V segments of this machine, as `sysv:<shmid>`. */
const sharedMemory = () =>
  process.platform === 'linux'
    ? readFileSync('/proc/sysvipc/shm', 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => `sysv:${line.trim().split(/\s+/)[1]}`)
    : [];

test('what a killed run leaves goes at the next start', async () => {
  const machine = scratchMachine();
  const holder = await startHolder(machine);
  await killHard(holder);
  expect(table.startOf(holder.postmaster)).toBeDefined();

  const cluster = await testCluster({ machine });
  expect(cluster.reaped).toContainEqual(
    expect.objectContaining({
      status: 'removed',
      folder: path.dirname(holder.folder),
      processes: expect.arrayContaining([`primary (${holder.postmaster})`]),
    }),
  );
  expect(table.startOf(holder.postmaster)).toBeUndefined();
  expect(table.startOf(holder.backend)).toBeUndefined();
  expect(existsSync(holder.folder)).toBe(false);
  await cluster.close();
  expect(runFolders(machine)).toEqual([]);
});

test('a busy backend goes, even when its postmaster was killed as well', async () => {
  const machine = scratchMachine();
  const holder = await startHolder(machine);
  process.kill(holder.postmaster, 'SIGSTOP');
  process.kill(holder.backend, 'SIGSTOP');
  process.kill(holder.postmaster, 'SIGKILL');
  await killHard(holder);
  expect(table.startOf(holder.backend)).toBeDefined();
  await reapOrphans(machine);
  expect(table.startOf(holder.backend)).toBeUndefined();
  expect(runFolders(machine)).toEqual([]);
});

test('a file system that a killed run had mounted goes with its folder', async (context) => {
  if (!mayMount()) return context.skip('needs the right to mount');
  const machine = scratchMachine();
  const holder = await startHolder(machine, 'disk');
  const mounted = () => mountedBelow(machine.tmp, readFileSync('/proc/self/mountinfo', 'utf8'));
  expect(mounted()).toEqual([path.join(holder.folder, 'small')]);
  await killHard(holder);
  await reapOrphans(machine);
  expect(mounted()).toEqual([]);
  expect(runFolders(machine)).toEqual([]);
});

test('two reapers at once share the work', async () => {
  const machine = scratchMachine();
  const holder = await startHolder(machine);
  await killHard(holder);
  const both = (await Promise.all([reapOrphans(machine), reapOrphans(machine), reapOrphans(machine)])).flat();
  const mine = both.filter(({ folder }) => folder === path.dirname(holder.folder));
  expect(mine).toEqual([expect.objectContaining({ status: 'removed' })]);
  expect(runFolders(machine)).toEqual([]);
});

test('a run that lives is left alone', async () => {
  const machine = scratchMachine();
  const holder = await startHolder(machine);
  const reaped = await reapOrphans(machine);
  expect(reaped.filter(({ folder }) => folder === path.dirname(holder.folder))).toEqual([]);
  const live = { folder: path.dirname(holder.folder), pid: holder.child.pid };
  expect(liveRuns(machine)).toContainEqual(live);
  expect(table.startOf(holder.postmaster)).toBeDefined();
  await killHard(holder);
  expect(liveRuns(machine)).not.toContainEqual(live);
  await reapOrphans(machine);
});

test.runIf(process.platform === 'linux')('a server that was killed leaves no shared memory', async () => {
  const machine = scratchMachine();
  const { primary, close } = await testCluster({ machine });
  const segments = mappedSegments([primary.service.pid]);
  expect(segments).toContainEqual(expect.stringMatching(/^\/dev\/shm\/PostgreSQL\./));
  expect(segments).toContainEqual(expect.stringMatching(/^sysv:\d+$/));
  await primary.service.kill();
  const left = () => segments.filter((each) => existsSync(each) || sharedMemory().includes(each));
  expect(left()).toEqual(segments);
  await close();
  expect(left()).toEqual([]);
});

test('a pid that was given to somebody else is not hit', async () => {
  const machine = scratchMachine();
  const stranger = spawn('sleep', ['600'], { cwd: '/', stdio: 'ignore' });
  onTestFinished(() => void stranger.kill());
  await once(stranger, 'spawn');
  const pid = stranger.pid ?? 0;
  const host = testHost(machine);
  const record = path.join(path.dirname(host.folder), 'owner.json');
  const owner = JSON.parse(readFileSync(record, 'utf8')) as object;
  // The run's own pid was used again, and so was that of its server.
  const processes = [{ name: 'primary', pid, start: '1', stop: 'SIGQUIT' }];
  writeFileSync(record, JSON.stringify({ ...owner, start: '1', processes }));
  const reaped = await reapOrphans(machine);
  expect(reaped).toContainEqual(
    expect.objectContaining({ folder: path.dirname(host.folder), processes: [] }),
  );
  expect(table.startOf(pid)).toBeDefined();
});

test.runIf(process.platform === 'linux')(
  'a process that was not yet on the list is found by its folder',
  async () => {
    const machine = scratchMachine();
    const host = testHost(machine);
    const record = path.join(path.dirname(host.folder), 'owner.json');
    const owner = JSON.parse(readFileSync(record, 'utf8')) as object;
    writeFileSync(record, JSON.stringify({ ...owner, start: '1' }));
    const unlisted = spawn('sleep', ['600'], { cwd: host.folder, stdio: 'ignore', detached: true });
    await once(unlisted, 'spawn');
    const exit = once(unlisted, 'exit');
    await reapOrphans(machine);
    expect(await exit).toEqual([null, 'SIGKILL']);
    expect(runFolders(machine)).toEqual([]);
  },
);

test('a run of another container is kept, and said', async () => {
  const machine = scratchMachine();
  const host = testHost(machine);
  const folder = path.dirname(host.folder);
  const record = path.join(folder, 'owner.json');
  const owner = JSON.parse(readFileSync(record, 'utf8')) as { space: string };
  writeFileSync(
    record,
    JSON.stringify({ ...owner, start: '1', space: `${owner.space.split(' ')[0]} elsewhere` }),
  );
  expect(await reapOrphans(machine)).toContainEqual(expect.objectContaining({ status: 'kept', folder }));
  expect(existsSync(folder)).toBe(true);
  writeFileSync(record, JSON.stringify({ ...owner, start: '1', space: 'an-earlier-boot elsewhere' }));
  expect(await reapOrphans(machine)).toContainEqual(expect.objectContaining({ status: 'removed', folder }));
});

test('a folder without a record is left alone while it is young', async () => {
  const machine = scratchMachine();
  testHost(machine);
  const young = path.join(machine.tmp, `pgattest-${machine.uid}`, 'young');
  mkdirSync(young);
  await reapOrphans(machine);
  expect(existsSync(young)).toBe(true);
});

test.each(['signal', 'exit'])('SIGTERM takes everything along, by %s', async (how) => {
  const machine = scratchMachine();
  const holder = await startHolder(machine, how);
  const segments = mappedSegments([holder.postmaster]);
  holder.child.kill('SIGTERM');
  expect(await once(holder.child, 'exit')).toEqual([143, null]);
  expect(table.startOf(holder.postmaster)).toBeUndefined();
  expect(table.startOf(holder.backend)).toBeUndefined();
  expect(runFolders(machine)).toEqual([]);
  expect(segments.filter((each) => existsSync(each) || sharedMemory().includes(each))).toEqual([]);
});
