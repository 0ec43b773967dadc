import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256 } from './canonical.ts';
import { EvidenceError, systemCode, systemReason } from './errors.ts';
import { evidenceFile, manifestFile, planFile } from './files.ts';
import { linesOf } from './lines.ts';
import { type Evidence, Plan, StoredRecord } from './model.ts';
import { parseBytes } from './parse.ts';

/**
 * Reads a run back. It looks at shapes only; whether anything was changed is the question of `verifyRun`.
 * A last line that was cut off in a run without manifest is left out: the run died while writing it.
 * Throws EvidenceError with file and line for anything that is not what a run writes.
 */
export async function readRun(folder: string): Promise<Evidence> {
  const planPath = join(folder, planFile);
  const bytes = await readWhole(planPath);
  const plan = parseBytes(bytes, Plan);
  if (plan.status === 'bad') throw new EvidenceError(`${planPath}: ${plan.says}`);
  const records = await readRecords(folder);
  return { plan: plan.value, records, digest: records.at(-1)?.hash ?? sha256(bytes) };
}

async function readRecords(folder: string): Promise<StoredRecord[]> {
  const path = join(folder, evidenceFile);
  const finished = await exists(join(folder, manifestFile));
  const records: StoredRecord[] = [];
  try {
    for await (const line of linesOf(path)) {
      if (!line.ended && !finished) break;
      const record = parseBytes(line.bytes, StoredRecord);
      if (record.status === 'bad') throw new EvidenceError(`${path}:${line.number}: ${record.says}`);
      records.push(record.value);
    }
  } catch (error) {
    // A run that died between its plan and its first record has no evidence yet.
    if (systemCode(error) === 'ENOENT' && !finished) return [];
    if (error instanceof EvidenceError) throw error;
    throw new EvidenceError(`${path}: ${systemReason(error)}`, { cause: error });
  }
  return records;
}

/** A run in a folder of runs, as far as it can be told without reading its evidence. */
export type RunListing =
  | {
      readonly status: 'finished' | 'unfinished';
      readonly id: string;
      readonly folder: string;
      readonly plan: Plan;
    }
  | { readonly status: 'unreadable'; readonly id: string; readonly folder: string; readonly says: string };

/** The runs below a folder, the oldest first; none when the folder does not exist. */
export async function listRuns(root: string): Promise<readonly RunListing[]> {
  const names = await readdir(root, { withFileTypes: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return [];
    throw new EvidenceError(`${root}: ${systemReason(error)}`, { cause: error });
  });
  const runs: RunListing[] = [];
  for (const entry of names) {
    if (entry.isDirectory() && !entry.name.startsWith('.')) runs.push(await listing(root, entry.name));
  }
  return runs.sort((a, b) => compare(startOf(a), startOf(b)) || compare(a.id, b.id));
}

async function listing(root: string, id: string): Promise<RunListing> {
  const folder = join(root, id);
  const bytes = await readFile(join(folder, planFile)).catch(() => undefined);
  if (bytes === undefined) return { status: 'unreadable', id, folder, says: `${planFile} cannot be read` };
  const plan = parseBytes(bytes, Plan);
  if (plan.status === 'bad') return { status: 'unreadable', id, folder, says: `${planFile}: ${plan.says}` };
  const finished = await exists(join(folder, manifestFile));
  return { status: finished ? 'finished' : 'unfinished', id, folder, plan: plan.value };
}

function startOf(run: RunListing): string {
  return run.status === 'unreadable' ? '' : run.plan.startedAt;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function readWhole(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new EvidenceError(`${path}: ${systemReason(error)}`, { cause: error });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
