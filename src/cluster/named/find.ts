import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { bootOf } from '../boot.ts';
import { containers } from '../container/client.ts';
import { runLabel } from '../container/labels.ts';
import { type Machine, thisMachine } from '../machine.ts';
import { type OwnerRecord, readRecord } from '../owner-record.ts';
import { makePrivateFolder, runBases } from '../private-folder.ts';
import { processTable } from '../process-table.ts';
import type { Kept } from './kept.ts';

/** A cluster that stays, by name. */
export interface NamedCluster {
  readonly folder: string;
  readonly record: OwnerRecord;
  readonly kept: Kept;
  /** `dead`: none of its servers is there any more. */
  readonly state: 'running' | 'dead' | 'unknown';
  /** Why nothing is known. */
  readonly why?: string;
}

/** Every kept cluster of this account, by name. */
export async function namedClusters(machine: Machine = thisMachine()): Promise<readonly NamedCluster[]> {
  return Promise.all(kept(machine).map((each) => withState(each, machine)));
}

export async function findNamed(
  name: string,
  machine: Machine = thisMachine(),
): Promise<NamedCluster | undefined> {
  const found = kept(machine).find((each) => each.kept.name === name);
  return found === undefined ? undefined : withState(found, machine);
}

/** Folders that go with a kept one, such as that of its sockets. */
export function partsOf(folder: string, machine: Machine): readonly string[] {
  return foldersOfRuns(machine).filter((each) => {
    const record = readRecord(each);
    return record !== undefined && record !== 'unknown' && record.partOf === folder;
  });
}

function foldersOfRuns(machine: Machine): readonly string[] {
  const folders = runBases(machine)
    .filter((base) => existsSync(base))
    // Records hold passwords and say whom to kill: they are believed only when nobody else can have written them.
    .flatMap((base) =>
      readdirSync(makePrivateFolder(base, machine, 0o700)).map((name) => path.join(realpathSync(base), name)),
    );
  return [...new Set(folders)];
}

type Found = Pick<NamedCluster, 'folder' | 'record' | 'kept'>;

function kept(machine: Machine): readonly Found[] {
  return foldersOfRuns(machine)
    .flatMap((folder) => {
      const record = readRecord(folder);
      if (record === undefined || record === 'unknown' || record.kept === undefined) return [];
      return [{ folder, record, kept: record.kept }];
    })
    .sort((a, b) => a.kept.name.localeCompare(b.kept.name));
}

async function withState(found: Found, machine: Machine): Promise<NamedCluster> {
  const { folder, record } = found;
  const table = processTable(machine.platform);
  if (record.docker !== undefined) {
    try {
      const { docker } = await containers(record.docker);
      const filters = { label: [`${runLabel}=${path.basename(folder)}`] };
      return { ...found, state: (await docker.listContainers({ filters })).length > 0 ? 'running' : 'dead' };
    } catch (error) {
      return { ...found, state: 'unknown', why: error instanceof Error ? error.message : String(error) };
    }
  }
  if (bootOf(record.space) !== bootOf(table.space)) return { ...found, state: 'dead' };
  if (record.space !== table.space) {
    return { ...found, state: 'unknown', why: 'it belongs to another container of this machine; ask there' };
  }
  const alive = record.processes.some(({ pid, start }) => table.startOf(pid) === start);
  return { ...found, state: alive ? 'running' : 'dead' };
}
