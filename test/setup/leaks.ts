import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Fails the whole run when a test leaves a server or a folder of pgattest behind. */
export default async function watchForLeaks(): Promise<() => Promise<void>> {
  const before = await traces();
  return async () => {
    const left = [...(await traces())].filter((trace) => !before.has(trace));
    if (left.length > 0) throw new Error(`left behind by the tests:\n${left.join('\n')}`);
  };
}

async function traces(): Promise<Set<string>> {
  const folders = readdirSync(tmpdir(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^pgattest-/.test(entry.name))
    .flatMap((base) => readdirSync(join(tmpdir(), base.name)).map((name) => `folder ${join(tmpdir(), base.name, name)}`));
  return new Set([...folders, ...(await servers())]);
}

/** Servers whose data folder is one of pgattest's; only where /proc tells. */
async function servers(): Promise<string[]> {
  const pids = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : [];
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return /postgres\0-D\0[^\0]*pgattest-/.test(command) ? [`process ${pid}: ${command.replaceAll('\0', ' ')}`] : [];
    }),
  );
  return found.flat();
}
