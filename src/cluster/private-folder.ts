import { chmodSync, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { ClusterError, fileError } from './error.ts';
import type { Machine } from './machine.ts';
import { reachable, serverUser } from './server-user.ts';

/**
 * Where runs keep their folders: `<tmp>/pgattest-<uid>`, first choice first. `/tmp` stands in when TMPDIR is too
 * long for a socket or closed to the server's account; what a run left must be looked for in each.
 */
export function runBases(machine: Machine): readonly string[] {
  const name = `pgattest-${machine.uid}`;
  return [...new Set([machine.tmp, '/tmp'].map((tmp) => path.join(path.resolve(tmp), name)))];
}

/** Makes the base of runs, in the first place that the server's account can reach. */
export function makeRunBase(machine: Machine, bases: readonly string[] = runBases(machine)): string {
  const user = serverUser(machine);
  const fit = bases.find((base) => exists(path.dirname(base)) && reachable(path.dirname(base), user));
  if (fit === undefined) {
    throw new ClusterError(
      'no-permission',
      `the temporary folder ${machine.tmp} does not exist or is closed to ${user?.name ?? 'this account'}`,
      'set TMPDIR to an open folder, such as /tmp',
    );
  }
  return makePrivateFolder(fit, machine, user === null ? 0o700 : 0o711);
}

/**
 * Makes a folder that only its owner may write to, or takes it when it is there already. Temporary folders are open
 * to everyone, so somebody else may have made it first, or made it a link: that is an error.
 */
export function makePrivateFolder(folder: string, machine: Machine, mode: number): string {
  try {
    mkdirSync(folder, { mode });
    chmodSync(folder, mode);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) {
      throw fileError(error, folder, 'make a folder');
    }
  }
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== machine.uid || (found.mode & 0o022) !== 0) {
    throw new ClusterError(
      'not-private',
      `${folder} is not a folder of this account alone`,
      'remove it, or set TMPDIR to another folder',
    );
  }
  // The kernel tells working directories without links, and they are compared with this.
  return realpathSync(folder);
}

function exists(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
}
