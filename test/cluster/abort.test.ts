import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Machine } from '../../src/cluster/machine.ts';
import { processTable } from '../../src/cluster/process-table.ts';
import { until } from '../../src/cluster/until.ts';
import { runFolders, scratchFolder, scratchMachine, testCluster } from './support.ts';

const table = processTable(process.platform);

/** True as soon as a run of the machine has a process of that name on its list. */
function runs(machine: Machine, name: string): boolean {
  return runFolders(machine).some((folder) => {
    try {
      const record = readFileSync(
        path.join(machine.tmp, `pgattest-${machine.uid}`, folder, 'owner.json'),
        'utf8',
      );
      return (JSON.parse(record) as { processes: { name: string }[] }).processes.some(
        (each) => each.name === name,
      );
    } catch {
      return false;
    }
  });
}

test('an aborted signal starts nothing', async () => {
  const machine = scratchMachine();
  const reason = new Error('interrupted');
  await expect(testCluster({ machine, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect(runFolders(machine)).toEqual([]);
});

// A phase may be over before it is seen: then nothing was interrupted, and it is tried again.
test.each(['initdb', 'cp', 'primary'])('Ctrl-C while %s runs leaves nothing', { retry: 5 }, async (phase) => {
  const scratch = scratchMachine();
  const machine = { ...scratch, env: { ...scratch.env, cache: path.join(scratchFolder(), 'cache') } };
  const interrupt = new AbortController();
  const reason = new Error('interrupted');
  let over = false;
  const starting = testCluster({ machine, signal: interrupt.signal })
    .then((cluster) => cluster.close())
    .catch((error: unknown) => error)
    .finally(() => {
      over = true;
    });
  await until(() => over || runs(machine, phase), 20_000);
  interrupt.abort(reason);
  expect(await starting).toBe(reason);
  expect(runFolders(machine)).toEqual([]);
  expect(table.inside(machine.tmp)).toEqual([]);
  expect(readdirSync(machine.env.cache).filter((name) => name.startsWith('.'))).toEqual([]);
});
