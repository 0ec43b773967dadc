import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startCase } from './run-case.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'v'));
  chmodSync(folder, 0o1777);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

// To the main process alone, as from a job runner; a terminal tells the workers too.
test.each(['SIGINT', 'SIGTERM'] as const)('%s takes the server and its files with it', async (signal) => {
  const run = startCase('hanging', 'default', { TMPDIR: folder });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    run.all.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('hanging now')) resolve();
    });
    run.once('exit', () => reject(new Error(said)));
  });
  expect(runs()).not.toEqual([]);
  expect(processes()).not.toEqual([]);
  run.kill(signal);
  await run;
  await vi.waitFor(() => expect([...runs(), ...processes()]).toEqual([]), { timeout: 10_000 });
});

function runs(): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('pgattest-'))
    .flatMap((name) => readdirSync(join(folder, name)));
}

/** Servers whose command line names the folder; only where /proc tells. */
function processes(): string[] {
  if (process.platform !== 'linux') return runs();
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder);
    } catch {
      return false;
    }
  });
}
