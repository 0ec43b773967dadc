import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Gives the tests a temporary folder of their own and fails the whole run when one leaves something in it, or a server
 * that lives in it. Whatever else runs on the machine is none of our business.
 */
export function setup(): void {
  // Below /tmp, which a server of another account can reach, and short, for the sake of socket paths.
  folder = mkdtempSync(join('/tmp', 'pgt-'));
  chmodSync(folder, 0o1777);
  before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
}

export async function teardown(): Promise<void> {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  const left = [...leftFolders(), ...(await servers())];
  rmSync(folder, { recursive: true, force: true });
  if (left.length > 0) throw new Error(`left behind by the tests:\n${left.join('\n')}`);
}

let folder = '';
let before: string | undefined;

/** Everything but the base folders of accounts, which stay, and the loader's own cache. */
function leftFolders(): string[] {
  return readdirSync(folder).flatMap((name) => {
    if (name === 'jiti' || name === 'node-compile-cache') return [];
    if (!/^pgattest-\d+$/.test(name)) return [join(folder, name)];
    return readdirSync(join(folder, name)).map((run) => join(folder, name, run));
  });
}

/** Processes whose command line names the folder; only where /proc tells. */
async function servers(): Promise<string[]> {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
      return command.includes(folder) ? [`process ${pid}: ${command}`] : [];
    }),
  );
  return found.flat();
}
