import { statfs } from 'node:fs/promises';
import type { Machine } from './machine.ts';
import { processTable } from './process-table.ts';
import { runCommand } from './run-command.ts';
import { serverUser } from './server-user.ts';

/** Something that the machine has so much of. */
export interface Limit {
  readonly name: 'open files' | 'shared memory' | 'free disk' | 'cores' | 'memory';
  /** Null: it cannot be told here, or there is none. */
  readonly value: number | null;
  readonly unit: 'bytes' | 'files' | 'cores';
  /** Below this something does not work well. */
  readonly wanted: number;
  /** What it is for, and where it was measured. */
  readonly says: string;
}

const GB = 1024 ** 3;

export async function readLimits(machine: Machine): Promise<readonly Limit[]> {
  return [
    {
      name: 'cores',
      value: machine.cores,
      unit: 'cores',
      wanted: 2,
      says: 'servers and pgattest share them',
    },
    {
      name: 'memory',
      value: machine.memoryBytes,
      unit: 'bytes',
      wanted: 2 * GB,
      says: "the design's settings are scaled to it",
    },
    {
      name: 'free disk',
      value: await free(machine.tmp),
      unit: 'bytes',
      wanted: GB,
      says: `data goes to ${machine.tmp}`,
    },
    {
      name: 'shared memory',
      value: machine.platform === 'linux' ? await free('/dev/shm') : null,
      unit: 'bytes',
      wanted: 64 * 1024 ** 2,
      says: 'parallel queries pass their rows through /dev/shm',
    },
    {
      name: 'open files',
      value: await openFiles(machine),
      unit: 'files',
      wanted: 4096,
      says: 'each connection of a load test takes one',
    },
  ];
}

async function free(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

async function openFiles(machine: Machine): Promise<number | null> {
  const setting = { machine, user: serverUser(machine), folder: '/' };
  const { result } = runCommand(['sh', '-c', 'ulimit -n'], setting, processTable(machine.platform), {
    timeoutMs: 5_000,
  });
  const { stdout } = await result;
  return /^\d+$/.test(stdout.trim()) ? Number(stdout) : null;
}
