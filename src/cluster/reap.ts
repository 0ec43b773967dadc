import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { bootOf } from './boot.ts';
import { endEstate } from './estate.ts';
import { removeFolder, retire, trashPrefix } from './folder-removal.ts';
import { type Machine, thisMachine } from './machine.ts';
import { lockPrefix, removeStaleLock } from './named/lock.ts';
import { keptRecord, type OwnerRecord, readRecord } from './owner-record.ts';
import { makePrivateFolder, runBases } from './private-folder.ts';
import { type ProcessTable, processTable } from './process-table.ts';

/** What `reapOrphans` did with one folder. */
export type Reaped =
  | {
      readonly status: 'removed';
      readonly folder: string;
      readonly since: string | null;
      readonly processes: readonly string[];
    }
  | { readonly status: 'kept'; readonly folder: string; readonly why: string };

/** A folder is made with its record in it; one without is left alone for as long as any start could take. */
const draftAgeMs = 10 * 60_000;

/**
 * Removes what runs left that died without tidying up (kill -9, power cut): their processes and their folders.
 * Runs that live and clusters that were kept are not touched. Safe at any time, by two at once too: each step may find its work done.
 */
export async function reapOrphans(machine: Machine = thisMachine()): Promise<readonly Reaped[]> {
  const table = processTable(machine.platform);
  const reaped: Reaped[] = [];
  for (const base of runBases(machine)) {
    if (!existsSync(base)) continue;
    let names: readonly string[];
    try {
      // Records tell whom to kill, so they are believed only when nobody else can have written them.
      names = readdirSync(makePrivateFolder(base, machine, 0o700));
    } catch (error) {
      reaped.push(kept(base, error));
      continue;
    }
    for (const name of names) {
      const folder = path.join(realpathSync(base), name);
      try {
        if (name.startsWith(trashPrefix)) await removeFolder(folder);
        else if (name.startsWith(lockPrefix)) removeStaleLock(folder, table);
        else reaped.push(...(await reap(folder, table)));
      } catch (error) {
        reaped.push(kept(folder, error));
      }
    }
  }
  return reaped;
}

/** Runs whose process lives: their folders are not left over. */
export function liveRuns(machine: Machine = thisMachine()): readonly { folder: string; pid: number }[] {
  const table = processTable(machine.platform);
  return runBases(machine)
    .filter((base) => existsSync(base))
    .flatMap((base) => readdirSync(base).map((name) => path.join(realpathSync(base), name)))
    .flatMap((folder) => {
      const record = readRecord(folder);
      return record !== undefined && record !== 'unknown' && lives(record, table)
        ? [{ folder, pid: record.pid }]
        : [];
    });
}

function kept(folder: string, error: unknown): Reaped {
  return { status: 'kept', folder, why: error instanceof Error ? error.message : String(error) };
}

function lives({ space, pid, start }: OwnerRecord, table: ProcessTable): boolean {
  return space === table.space && table.startOf(pid) === start;
}

async function reap(folder: string, table: ProcessTable): Promise<readonly Reaped[]> {
  const record = readRecord(folder);
  if (record === undefined) {
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    return age > draftAgeMs && (await retire(folder))
      ? [{ status: 'removed', folder, since: null, processes: [] }]
      : [];
  }
  if (record === 'unknown') {
    return [{ status: 'kept', folder, why: 'another version of pgattest made it; clean up with that one' }];
  }
  if (keptRecord(record) !== undefined) return [];
  const rebooted = bootOf(record.space) !== bootOf(table.space);
  if (!rebooted && record.space !== table.space) {
    return [
      {
        status: 'kept',
        folder,
        why: 'it belongs to another container of this machine, which may be running',
      },
    ];
  }
  if (lives(record, table)) return [];
  const processes = await endEstate(folder, record, table);
  return (await retire(folder)) ? [{ status: 'removed', folder, since: record.since, processes }] : [];
}
