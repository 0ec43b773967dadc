import { randomInt } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { bootOf } from '../boot.ts';
import { fileError } from '../error.ts';
import type { Machine } from '../machine.ts';
import { type ProcessTable, processTable } from '../process-table.ts';
import { enlist, type Releasable, strike } from '../release.ts';

/** Prefix of the files beside the folders of runs that say who is at work on a name. */
export const lockPrefix = '.name-';

const Holder = z.object({ pid: z.number(), start: z.string(), space: z.string() });
type Holder = z.infer<typeof Holder>;

/** One name at a time. A holder that died holds nothing: whoever wants the name next takes the file away. */
export class NameLock implements Releasable {
  readonly #file: string;
  readonly #content: string;

  private constructor(file: string, content: string) {
    this.#file = file;
    this.#content = content;
  }

  /** The lock, or the process that has it. `base`: the folder of runs. */
  static take(machine: Machine, base: string, name: string): NameLock | { readonly pid: number } {
    const table = processTable(machine.platform);
    const file = path.join(base, `${lockPrefix}${name}`);
    const me: Holder = { pid: machine.pid, start: table.startOf(machine.pid) ?? '', space: table.space };
    const content = JSON.stringify({ ...me, token: randomInt(2 ** 47) });
    for (;;) {
      if (makeWhole(file, content)) {
        const lock = new NameLock(file, content);
        enlist(lock);
        return lock;
      }
      const holder = removeStaleLock(file, table);
      if (holder !== undefined) return holder;
    }
  }

  /** Still ours? Another that took this one for a dead one's, at the same instant as a third, may have it. */
  get held(): boolean {
    return read(this.#file) === this.#content;
  }

  closeNow(): void {
    if (this.held) rmSync(this.#file, { force: true });
    strike(this);
  }

  async close(): Promise<void> {
    this.closeNow();
  }
}

/** Removes a lock whose holder died; returns the holder of one that lives. */
export function removeStaleLock(file: string, table: ProcessTable): { readonly pid: number } | undefined {
  const seen = read(file);
  if (seen === undefined) return undefined;
  const holder = parse(seen);
  if (holder !== undefined && lives(holder, table)) return holder;
  // The rename succeeds for one alone; what it got is looked at once more, since it may be younger than what was seen.
  const aside = `${file}.${randomInt(36 ** 6).toString(36)}`;
  try {
    renameSync(file, aside);
  } catch {
    return undefined;
  }
  const got = read(aside);
  if (got !== undefined && got !== seen) {
    try {
      linkSync(aside, file);
    } catch {}
  }
  rmSync(aside, { force: true });
  return undefined;
}

/** Makes a file with its content at one instant; false when there is one, or the draft was taken for a dead one's. */
function makeWhole(file: string, content: string): boolean {
  const draft = `${file}.${randomInt(36 ** 6).toString(36)}`;
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    rmSync(draft, { force: true });
    throw fileError(error, file, 'write');
  }
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'EEXIST' || error.code === 'ENOENT'))
      return false;
    throw fileError(error, file, 'write');
  } finally {
    rmSync(draft, { force: true });
  }
}

/** A pid of another container says nothing here, so that its holder counts as living until the next boot. */
function lives(holder: Holder, table: ProcessTable): boolean {
  if (bootOf(holder.space) !== bootOf(table.space)) return false;
  return holder.space !== table.space || table.startOf(holder.pid) === holder.start;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parse(text: string): Holder | undefined {
  try {
    return Holder.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
