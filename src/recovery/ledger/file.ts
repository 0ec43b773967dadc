import fs from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { fileError } from '../../cluster/error.ts';

const write = promisify(fs.write);
const datasync = promisify(fs.fdatasync);

/** Those who wait for one flush. */
interface Batch {
  readonly done: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A file that only grows, flushed in groups: what gathers while one group goes to disk is the next. After an error nothing more is
 * written: every waiter hears of it, and the file ends with the last group that is on disk.
 */
export class LedgerFile {
  readonly path: string;
  readonly #handle: FileHandle;
  /** How much of it is on disk, in bytes. */
  #durable = 0;
  #gathered = '';
  #batch: Batch | undefined;
  #flushing: Promise<void> | undefined;
  #failure: unknown;

  private constructor(file: string, handle: FileHandle) {
    this.path = file;
    this.#handle = handle;
  }

  /** Makes the file, which must not be there, with its first lines. Throws ClusterError where it cannot be written. */
  static async create(file: string, header: string): Promise<LedgerFile> {
    try {
      const made = new LedgerFile(file, await open(file, 'wx', 0o600));
      try {
        await made.append(header);
        await syncFolder(path.dirname(file));
        return made;
      } catch (error) {
        await made.#handle.close();
        throw error;
      }
    } catch (error) {
      throw fileError(error, file, 'write the ledger');
    }
  }

  /** Resolves when the lines are on disk. */
  append(lines: string): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.note(lines);
    this.#batch ??= newBatch();
    return this.#batch.done;
  }

  /** Lines that nobody waits for: they go with the next group. */
  note(lines: string): void {
    if (this.#failure !== undefined) return;
    this.#gathered += lines;
    this.#flushing ??= this.#flush();
  }

  /** Flushes what is left and closes the file. Throws what went wrong with it, now or before. */
  async close(): Promise<void> {
    await this.#flushing;
    await this.#handle.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #flush(): Promise<void> {
    // Whatever comes in the same turn of the loop goes together.
    await new Promise(setImmediate);
    while (this.#gathered !== '' && this.#failure === undefined) {
      const { bytes, batch } = this.#take();
      try {
        await this.#write(bytes);
        await datasync(this.#handle.fd);
        this.#durable += bytes.length;
        batch?.resolve();
      } catch (error) {
        this.#failure = fileError(error, this.path, 'write the ledger');
        await this.#handle.truncate(this.#durable).catch(() => undefined);
        batch?.reject(this.#failure);
        // Those who came meanwhile.
        this.#take().batch?.reject(this.#failure);
      }
    }
    this.#flushing = undefined;
  }

  #take(): { readonly bytes: Buffer; readonly batch: Batch | undefined } {
    const taken = { bytes: Buffer.from(this.#gathered), batch: this.#batch };
    this.#gathered = '';
    this.#batch = undefined;
    return taken;
  }

  async #write(bytes: Buffer): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const { bytesWritten } = await write(this.#handle.fd, bytes, from);
      from += bytesWritten;
    }
  }
}

function newBatch(): Batch {
  let resolve = () => {};
  let reject: Batch['reject'] = () => {};
  const done = new Promise<void>((kept, broken) => {
    resolve = kept;
    reject = broken;
  });
  // Whoever waits hears it all the same.
  done.catch(() => undefined);
  return { done, resolve, reject };
}

/** The name of a new file is on disk when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
