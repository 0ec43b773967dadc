import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { findBinaries } from '../../../src/cluster/binaries.ts';
import { type Machine, thisMachine } from '../../../src/cluster/machine.ts';
import { findPatroni } from '../../../src/cluster/patroni/programs.ts';
import { processTable } from '../../../src/cluster/process-table.ts';
import { reapOrphans } from '../../../src/cluster/reap.ts';
import { faults } from '../../../src/faults/index.ts';
import { runFolders, scratchMachine } from '../../cluster/support.ts';
import { amiss, play } from './patroni-stand.ts';

const limitMs = 240_000;

beforeEach(async ({ skip }) => {
  const machine = thisMachine();
  const programs = findPatroni(await findBinaries('auto', machine), machine);
  if (programs === undefined) skip('Patroni or etcd is not installed');
});

describe('when the machine of the leader dies', () => {
  test('a synchronous replica is promoted, clients follow, the old leader comes back to follow, and nothing is lost', {
    timeout: limitMs,
  }, async () => {
    const { timeline, seen, acknowledged } = await play();
    expect(amiss(seen)).toEqual([]);
    expect(acknowledged).toBeGreaterThan(500);
    expect(
      timeline.marks
        .map(({ name }) => name)
        .filter((name) => !['full-rate', 'healed', 'verified'].includes(name)),
    ).toEqual([
      'load-steady',
      'fault',
      'injected',
      'detected',
      'decided',
      'promoted',
      'rerouted',
      expect.stringMatching(/^(rejoined|first-good)$/),
      expect.stringMatching(/^(rejoined|first-good)$/),
    ]);
    const old = seen.filter(({ subject }) => subject === 'node_1');
    expect(old.map(({ way }) => way)).toHaveLength(2);
    expect(old.find(({ tried }) => tried !== undefined)?.tried).toBeGreaterThan(0);
  });

  test('a failover that is paused is seen: nobody is promoted', { timeout: limitMs }, async () => {
    const { timeline, seen } = await play(faults['patroni-paused']());
    expect(amiss(seen)).toContainEqual(
      expect.stringMatching(/^leader: .*: none within \d+ s of the end of its lease$/),
    );
    expect(timeline.when('promoted')).toBeUndefined();
    expect(timeline.when('first-good')).toBeUndefined();
  });

  test('commits that no replica had are seen: they are lost', { timeout: limitMs }, async () => {
    const { timeline, seen } = await play(faults['commits-unsent']());
    expect(timeline.when('promoted')).toBeDefined();
    expect(amiss(seen)).toContainEqual(expect.stringMatching(/lost/));
  });
});

test('of a program that is killed nothing stays: neither agents, nor the servers that they start, nor the store', {
  timeout: limitMs,
}, async ({ skip }) => {
  const machine = scratchMachine();
  if (machine.platform !== 'linux') skip('processes are found by their working folder on Linux alone');
  const { child, folder, processes } = await hold(machine);
  child.kill('SIGKILL');
  await once(child, 'exit');
  const table = processTable(machine.platform);
  expect(processes.filter((pid) => table.startOf(pid) === undefined)).toEqual([]);
  await reapOrphans(machine);
  expect(processes.filter((pid) => table.startOf(pid) !== undefined)).toEqual([]);
  expect(table.inside(folder)).toEqual([]);
  expect(existsSync(folder)).toBe(false);
  expect(runFolders(machine)).toEqual([]);
});

async function hold(
  machine: Machine,
): Promise<{ child: ChildProcess; folder: string; processes: readonly number[] }> {
  const script = fileURLToPath(new URL('./patroni-holder.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'jiti/register', script], {
    env: { ...process.env, TMPDIR: machine.tmp },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, ...(JSON.parse(line) as { folder: string; processes: number[] }) };
}
