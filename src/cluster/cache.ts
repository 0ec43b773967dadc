import { randomInt } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, realpathSync, renameSync } from 'node:fs';
import path from 'node:path';
import { ClusterError } from './error.ts';
import { removeFolder } from './folder-removal.ts';
import { type Machine, thisMachine } from './machine.ts';
import { makePrivateFolder } from './private-folder.ts';
import { processTable } from './process-table.ts';
import { reachable, serverUser } from './server-user.ts';

/**
 * The folder of things that are made once and kept: unpacked binaries, an initialised data folder. It holds nothing
 * that a run owns. The first of these that can be written to and that the server's account can reach: PGATTEST_CACHE;
 * for root /var/cache/pgattest; $XDG_CACHE_HOME/pgattest or ~/.cache/pgattest; else a folder below TMPDIR or /tmp.
 */
export function cacheFolder(machine: Machine): string {
  const { cache, xdgCache } = machine.env;
  const user = serverUser(machine);
  const places = [
    ...(cache === undefined ? [] : [path.resolve(cache)]),
    machine.uid === 0
      ? '/var/cache/pgattest'
      : path.join(xdgCache ?? path.join(machine.home, '.cache'), 'pgattest'),
    ...[machine.tmp, '/tmp'].map((tmp) => path.join(tmp, `pgattest-cache-${machine.uid}`)),
  ];
  for (const place of places) {
    try {
      mkdirSync(path.dirname(place), { recursive: true });
      // Programs are run from it, so nobody else may write to it.
      const folder = makePrivateFolder(place, machine, user === null ? 0o700 : 0o755);
      accessSync(folder, constants.W_OK | constants.X_OK);
      if (reachable(folder, user)) return folder;
    } catch {}
  }
  throw new ClusterError(
    'no-permission',
    `no folder to keep files in: tried ${places.join(', ')}`,
    'set PGATTEST_CACHE',
  );
}

/**
 * Gives the folder `key` of the cache, and has it made by `make` when it is not there. It is made under another name
 * and renamed, so it is whole or absent; of two who make it at once, one wins and both use it.
 */
export async function materialise(
  cache: string,
  key: string,
  machine: Machine,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = path.join(cache, key);
  if (existsSync(folder)) return folder;
  await sweepCache(machine, cache);
  const start = processTable(machine.platform).startOf(machine.pid) ?? '';
  const draft = path.join(
    cache,
    `.new-${machine.pid}-${randomInt(36 ** 4).toString(36)}-${encodeURIComponent(start)}`,
  );
  try {
    await make(draft);
    renameSync(draft, folder);
  } catch (error) {
    await removeFolder(draft);
    if (!existsSync(folder) || !isTaken(error)) throw error;
  }
  return folder;
}

/** Removes what makers left that died in the middle. Returns the folders removed. */
export async function sweepCache(
  machine: Machine = thisMachine(),
  cache?: string,
): Promise<readonly string[]> {
  const folder = realpathSync(cache ?? cacheFolder(machine));
  const table = processTable(machine.platform);
  const removed: string[] = [];
  for (const name of readdirSync(folder)) {
    const [, pid, start] = /^\.new-(\d+)-[^-]+-(.*)$/.exec(name) ?? [];
    if (start === undefined || table.startOf(Number(pid)) === decodeURIComponent(start)) continue;
    await removeFolder(path.join(folder, name));
    removed.push(path.join(folder, name));
  }
  return removed;
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST');
}
