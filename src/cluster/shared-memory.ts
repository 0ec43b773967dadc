import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';

/*
 * A server that is killed leaves two things outside its folder: the control segment of its dynamic shared memory
 * (/dev/shm/PostgreSQL.*) and a tiny System V segment that guards the data folder. A server that starts again on
 * the same folder removes both; when the folder goes, we must. They are known only from the memory maps of the
 * living server, so whoever kills one looks first. Linux only: macOS removes nothing it could tell apart.
 */

/** Segments that some processes have mapped: paths in /dev/shm, and `sysv:<shmid>`. */
export function mappedSegments(pids: readonly number[]): readonly string[] {
  const found = new Set<string>();
  for (const pid of pids) {
    for (const line of readText(`/proc/${pid}/maps`).split('\n')) {
      // address, permissions, offset, device, inode, path; for System V the inode is the shmid (proc(5)).
      const [, inode, name] = /^\S+ \S+ \S+ \S+ (\d+)\s+(\/.*)$/.exec(line) ?? [];
      if (name === undefined) continue;
      if (/^\/dev\/shm\/PostgreSQL\.\d+$/.test(name)) found.add(name);
      else if (name.startsWith('/SYSV')) found.add(`sysv:${inode}`);
    }
  }
  return [...found];
}

/** Removes segments that no process uses any more. */
export function removeSegments(segments: readonly string[]): void {
  if (segments.length === 0) return;
  const used = new Set(mappedSegments(readPids()));
  for (const segment of segments) {
    if (used.has(segment)) continue;
    if (!segment.startsWith('sysv:')) rmSync(segment, { force: true });
    else if (isUnattached(segment.slice(5)))
      spawnSync('ipcrm', ['-m', segment.slice(5)], { stdio: 'ignore' });
  }
}

/** Columns of /proc/sysvipc/shm: key, shmid, perms, size, cpid, lpid, nattch. */
function isUnattached(shmid: string): boolean {
  return readText('/proc/sysvipc/shm')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .some((fields) => fields[1] === shmid && fields[6] === '0');
}

function readPids(): readonly number[] {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
