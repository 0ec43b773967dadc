import { open, readdir, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Share } from './arguments.ts';
import { bad } from './options.ts';
import type { Problem } from './problem.ts';

export async function checkLogFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() !== true) throw bad('log.folder', `${folder} is no folder`, 'make it');
}

/** `prefix.pid` of the first thread of each process, `prefix.pid.n` of the others. */
export async function logFilesOf(
  folder: string,
  shares: readonly Share[],
  pids: readonly (number | undefined)[],
): Promise<readonly string[]> {
  const names = (await readdir(folder)).sort();
  return shares.flatMap(({ logPrefix }, index) => {
    const base = `${logPrefix}.${pids[index]}`;
    const own = names.filter((name) => name === base || /^\.\d+$/.test(name.replace(base, '')));
    return own.filter((name) => name.startsWith(base)).map((name) => path.join(folder, name));
  });
}

/**
 * A log that ends within a line after a run that went well: pgbench does not look whether its log was written, and exits with 0
 * when the disk is full.
 */
export async function cutLog(
  folder: string,
  logs: readonly string[],
  said: readonly string[],
): Promise<Problem | undefined> {
  for (const file of logs) {
    if (await endsWithLine(file)) continue;
    const { bavail, bsize } = await statfs(folder);
    const left = `${Math.floor((bavail * bsize) / 2 ** 20)} MB are left`;
    const message = `pgbench: the log ${file} is cut off, of which pgbench says nothing: ${left} in ${folder}; free some space, or log a sample`;
    return { code: 'log-lost', message, said };
  }
  return undefined;
}

async function endsWithLine(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    if (size === 0) return true;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer[0] === 0x0a;
  } finally {
    await handle.close();
  }
}
