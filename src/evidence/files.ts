import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EvidenceError, systemReason } from './errors.ts';

/** The files of a run that are not reports. */
export const planFile = 'plan.json';
export const evidenceFile = 'evidence.jsonl';
export const manifestFile = 'manifest.json';

/** A file that follows from the evidence alone. Reporters are such. */
export interface DerivedFile<Input> {
  /** File name in the run's folder. */
  readonly file: string;
  render(input: Input): string;
}

/** A file that a run keeps beside its records: what the servers wrote, what a load generator counted, what the clients of a drill noted. */
export function isAttachment(name: string): boolean {
  return /^(?:log-[a-z0-9_-]{1,63}\.txt|(?:load|ledger)-[a-z0-9._-]{1,120}\.jsonl)$/.test(name);
}

/** A run's id is also the name of its folder. */
export function isRunId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(id);
}

/** Writes a file that is there as a whole or not at all, also after a power cut. */
export async function writeWhole(folder: string, name: string, content: string): Promise<void> {
  const path = join(folder, name);
  const temporary = join(folder, `.${name}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    await using(await open(temporary, 'wx', 0o644), async (file) => {
      await file.writeFile(content);
      await file.sync();
    });
    await rename(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new EvidenceError(`${path}: ${systemReason(error)}; the run stays incomplete`, { cause: error });
  }
}

/** Makes the names in a folder durable. Some systems cannot open a folder; there the names are durable anyway. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(folder, 'r');
  } catch {
    return;
  }
  await using(handle, (opened) => opened.sync().catch(() => undefined));
}

async function using(handle: FileHandle, work: (handle: FileHandle) => Promise<unknown>): Promise<void> {
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}
