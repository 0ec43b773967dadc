import { randomInt } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileError } from './error.ts';
import { retire } from './folder-removal.ts';
import type { Machine } from './machine.ts';
import { unmountBelow } from './mounts.ts';
import type { Kept } from './named/kept.ts';
import { type OwnedProcess, type OwnerRecord, ownerFile } from './owner-record.ts';
import { makeRunBase } from './private-folder.ts';
import { type ProcessTable, processTable } from './process-table.ts';
import type { Keeping } from './release.ts';

/**
 * A folder that belongs to this process, and the list of the processes that were started for it. The list is on
 * disk before anything else happens to a new process, so whoever finds the folder after a crash can tidy up.
 * All of it is synchronous: between a start and its entry in the list nothing else may run.
 */
export class Owner {
  readonly folder: string;
  readonly table: ProcessTable;
  #record: OwnerRecord;
  #closed = false;

  private constructor(folder: string, table: ProcessTable, record: OwnerRecord) {
    this.folder = folder;
    this.table = table;
    this.#record = record;
  }

  /** Makes the folder, below `base`, together with its `owner.json`: a folder is never seen without. */
  static open(machine: Machine, { docker }: { readonly docker?: string } = {}): Owner {
    const base = makeRunBase(machine);
    const table = processTable(machine.platform);
    const id = randomInt(36 ** 6)
      .toString(36)
      .padStart(6, '0');
    const folder = path.join(base, id);
    const draft = path.join(base, `.new-${id}`);
    const record: OwnerRecord = {
      schema: docker === undefined ? 'pgattest.owner/1' : 'pgattest.owner/2',
      pid: machine.pid,
      start: table.startOf(machine.pid) ?? '',
      space: table.space,
      since: new Date().toISOString(),
      processes: [],
      segments: [],
      ...(docker === undefined ? {} : { docker }),
    };
    try {
      mkdirSync(draft, { mode: machine.uid === 0 ? 0o711 : 0o700 });
      writeFileSync(path.join(draft, ownerFile), JSON.stringify(record), { mode: 0o600 });
      renameSync(draft, folder);
    } catch (error) {
      rmSync(draft, { recursive: true, force: true });
      throw fileError(error, base, 'make a folder');
    }
    return new Owner(folder, table, record);
  }

  /** Takes over a folder whose owner has gone, or that was kept: from now on it is an ordinary run of this process. */
  static takeOver(machine: Machine, folder: string, record: OwnerRecord): Owner {
    const table = processTable(machine.platform);
    const { kept: _kept, partOf: _partOf, ...rest } = record;
    const owner = new Owner(folder, table, rest);
    owner.#write({
      ...rest,
      schema: rest.docker === undefined ? 'pgattest.owner/1' : 'pgattest.owner/2',
      pid: machine.pid,
      start: table.startOf(machine.pid) ?? '',
      space: table.space,
    });
    return owner;
  }

  get processes(): readonly OwnedProcess[] {
    return this.#record.processes;
  }

  get segments(): readonly string[] {
    return this.#record.segments;
  }

  /** Puts a process on the list. A process that has gone already is left out. */
  adopt(name: string, pid: number, stop: OwnedProcess['stop']): void {
    const start = this.table.startOf(pid);
    if (start === undefined) return;
    this.#write({ ...this.#record, processes: [...this.#record.processes, { name, pid, start, stop }] });
  }

  /** Takes a process that ended off the list. An entry too many does no harm, so this never fails. */
  forget(pid: number): void {
    try {
      this.#write({ ...this.#record, processes: this.#record.processes.filter((each) => each.pid !== pid) });
    } catch {}
  }

  /** Notes shared memory that must be removed with the folder. */
  note(segments: readonly string[]): void {
    if (segments.length === 0) return;
    this.#write({ ...this.#record, segments: [...new Set([...this.#record.segments, ...segments])] });
  }

  /** From now on the folder and what belongs to it outlive this process. The last step is the rename of one file. */
  keep(keeping: Keeping): void {
    const more = 'partOf' in keeping ? keeping : { kept: this.#place(keeping.kept, keeping.ca) };
    this.#write({ ...this.#record, schema: 'pgattest.owner/2', ...more });
  }

  /** Clients need the authority's certificate where they are, which is not where the servers are. */
  #place(kept: Omit<Kept, 'authority'>, ca: string): Kept {
    const authority = path.join(this.folder, 'ca.crt');
    try {
      writeFileSync(authority, ca, { mode: 0o644 });
    } catch (error) {
      throw fileError(error, authority, 'write');
    }
    return { ...kept, authority };
  }

  /** Removes the folder. The processes must be gone. */
  async close(): Promise<void> {
    this.#closed = true;
    await retire(this.folder);
  }

  closeNow(): void {
    this.#closed = true;
    unmountBelow(this.folder);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #write(record: OwnerRecord): void {
    this.#record = record;
    if (this.#closed) return;
    const file = path.join(this.folder, ownerFile);
    try {
      writeFileSync(`${file}.new`, JSON.stringify(record), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    } catch (error) {
      throw fileError(error, file, 'write');
    }
  }
}
