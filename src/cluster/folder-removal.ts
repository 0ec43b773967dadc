import { randomInt } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { unmountBelow } from './mounts.ts';

/** Prefix of folders on their way out: nobody uses them any more, and anybody may finish the removal. */
export const trashPrefix = '.gone-';

/**
 * Removes a folder. The rename comes first and succeeds for one caller alone, so of two who remove the same folder
 * one gets `true`; and a removal that is cut short leaves nothing that looks like a run.
 */
export async function retire(folder: string): Promise<boolean> {
  const name = `${trashPrefix}${path.basename(folder)}-${randomInt(36 ** 4).toString(36)}`;
  const trash = path.join(path.dirname(folder), name);
  try {
    await rename(folder, trash);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
  await removeFolder(trash);
  return true;
}

export async function removeFolder(folder: string): Promise<void> {
  unmountBelow(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
}
