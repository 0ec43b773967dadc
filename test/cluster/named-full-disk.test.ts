import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { pgattest, processesIn, scratch, start } from '../cli/command.ts';
import { writeTiny } from '../cli/tiny.ts';
import { runFolders } from './leaves-nothing/traces.ts';

/** A file system of its own that is full soon; null where this account may not make one. */
function smallDisk(folder: string, megabytes: number): string | null {
  const disk = join(folder, 'disk');
  mkdirSync(disk, { mode: 0o755 });
  const made = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0755`, 'tmpfs', disk]);
  if (made.status !== 0) return null;
  onTestFinished(() => void spawnSync('umount', ['-l', disk]));
  return disk;
}

function fill(disk: string): void {
  try {
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(2 ** 30));
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENOSPC' });
  }
}

function expectNothingOn(disk: string): void {
  expect(runFolders(disk)).toEqual([]);
  expect(processesIn(disk)).toEqual([]);
}

test('a disk that is too small is said, and nothing stays on it', async (context) => {
  const folder = scratch();
  const disk = smallDisk(folder, 30);
  if (disk === null) return context.skip('needs the right to mount');
  const up = await pgattest(folder, ['up', writeTiny(folder), '--quiet'], { TMPDIR: disk });
  expect(up).toMatchObject({ code: 2, stdout: '' });
  expect(up.stderr).toMatch(/[Nn]o space left/);
  expectNothingOn(disk);
});

test('on a full disk down and clean do their work', async (context) => {
  const folder = scratch();
  const disk = smallDisk(folder, 250);
  if (disk === null) return context.skip('needs the right to mount');
  const env = { TMPDIR: disk };
  const design = writeTiny(folder);
  expect(await pgattest(folder, ['up', design, '--quiet'], env)).toMatchObject({ code: 0 });
  fill(disk);
  expect(await pgattest(folder, ['down', 'tiny'], env)).toMatchObject({ code: 0 });
  expectNothingOn(disk);

  rmSync(join(disk, 'ballast'));
  const killed = start(folder, ['up', design], env);
  await killed.line(/^cluster: PostgreSQL/);
  // It must not be kept before the disk is full.
  killed.child.kill('SIGSTOP');
  fill(disk);
  killed.child.kill('SIGKILL');
  await killed.ended;
  expect(runFolders(disk)).not.toEqual([]);
  expect(await pgattest(folder, ['clean'], env)).toMatchObject({ code: 0 });
  expectNothingOn(disk);
});
