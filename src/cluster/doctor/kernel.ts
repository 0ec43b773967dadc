import { readFile, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Machine } from '../machine.ts';
import { serverUser } from '../server-user.ts';
import { ask } from './ask.ts';

/** Values of the kernel by name, as sysctl has them; undefined where it has none. */
export type Sysctl = (name: string) => Promise<readonly number[] | undefined>;

/** Reads /proc/sys on Linux and asks `sysctl` on macOS. */
export function sysctlOf(machine: Machine, root = '/proc/sys'): Sysctl {
  return async (name) => {
    const text =
      machine.platform === 'linux'
        ? await readFile(path.join(root, ...name.split('.')), 'utf8').catch(() => '')
        : (await ask(['sysctl', '-n', name], machine)).stdout;
    const numbers = text.trim().split(/\s+/).map(Number);
    return text.trim() === '' || numbers.some(Number.isNaN) ? undefined : numbers;
  };
}

/** Limits of processes as a server gets them: infinity where there is none, undefined where it cannot be told. */
export interface Ulimits {
  readonly filesSoft?: number;
  readonly filesHard?: number;
  readonly processes?: number;
}

/** Asks a shell that runs as the server's account. */
export async function ulimits(machine: Machine): Promise<Ulimits> {
  const user = machine.uid === 0 ? attempt(() => serverUser(machine)) : null;
  if (user === undefined) return {};
  // dash calls the number of processes -p, others -u; an option that it does not know may end a shell.
  const script = 'ulimit -Sn; ulimit -Hn; (ulimit -u) 2>/dev/null || ulimit -p';
  const { stdout } = await ask(['/bin/sh', '-c', script], machine, { user });
  const [filesSoft, filesHard, processes] = stdout.trim().split('\n').map(limit);
  return {
    ...(filesSoft === undefined ? {} : { filesSoft }),
    ...(filesHard === undefined ? {} : { filesHard }),
    ...(processes === undefined ? {} : { processes }),
  };
}

/** Bytes that this account may still write in a folder; null when it cannot be told. */
export async function freeBytes(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** Which clock the kernel counts time with; null where it does not say. */
export async function clockSource(
  file = '/sys/devices/system/clocksource/clocksource0/current_clocksource',
): Promise<string | null> {
  return (await readFile(file, 'utf8').catch(() => '')).trim() || null;
}

function limit(text: string): number | undefined {
  if (text === 'unlimited') return Number.POSITIVE_INFINITY;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
