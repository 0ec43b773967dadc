import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonical, readable, sha256, wellFormed } from './canonical.ts';
import { EvidenceError, systemCode, systemReason } from './errors.ts';
import {
  type DerivedFile,
  evidenceFile,
  isAttachment,
  isRunId,
  manifestFile,
  planFile,
  syncFolder,
  writeWhole,
} from './files.ts';
import { describeFile, latestManifest, type Manifest, manifestSchema, sealManifest } from './manifest.ts';
import { Entry, type Evidence, Plan, type StoredRecord } from './model.ts';
import { readRun } from './reader.ts';

/** Writes down one run. Nothing that was appended can be taken back. */
export interface RunWriter {
  readonly folder: string;
  /**
   * Numbers, chains and writes one record; order is the order of the calls. Await it: what is not awaited is held
   * in memory. Throws EvidenceError when the record could not be written; every later call throws it again.
   */
  append(entry: Entry): Promise<StoredRecord>;
  /** Keeps a text beside the records, under the manifest's hash; see `isAttachment` for its name. Before `close`. */
  attach(file: string, content: string): Promise<void>;
  /** The path of an attachment that a check writes by itself, as it goes; under the manifest as it is at `close`, if it is there. */
  attachment(file: string): string;
  /** Makes the records durable, writes the reports, and `manifest.json` last. Needs an `end` record. */
  close(reports: readonly DerivedFile<Evidence>[]): Promise<FinishedRun>;
  /** Lets go of the files and leaves the run visibly incomplete. Safe to call at any time, also after `close`. */
  abandon(): Promise<void>;
}

export interface FinishedRun {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly evidence: Evidence;
}

export interface WriterOptions {
  /** The clock of the records. */
  readonly now?: () => Date;
}

/**
 * Makes `root/<plan.run>/` with the plan in it, durable, before anything else happens.
 * Throws EvidenceError when the folder is there already or cannot be written.
 */
export async function createRun(root: string, plan: Plan, options: WriterOptions = {}): Promise<RunWriter> {
  const checked = wellFormed(Plan.parse(plan));
  if (!isRunId(checked.run)) {
    throw new EvidenceError(
      `run id ${JSON.stringify(checked.run)}: use letters, digits, dots, hyphens, underscores`,
    );
  }
  const folder = join(root, checked.run);
  await makeFolder(folder);
  const content = readable(checked);
  await writeWhole(folder, planFile, content);
  const handle = await openEvidence(folder);
  await syncFolder(folder);
  return new Writer(root, folder, checked.run, handle, sha256(content), options.now ?? (() => new Date()));
}

/** Lines that were handed in and not yet written may fill this much memory; more is a missing `await`. */
const maxPendingBytes = 64 * 1024 * 1024;
const maxWriteBytes = 1024 * 1024;

interface Pending {
  readonly line: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

class Writer implements RunWriter {
  readonly folder: string;
  readonly #root: string;
  readonly #run: string;
  readonly #now: () => Date;
  #handle: FileHandle | undefined;
  #last: string;
  #records = 0;
  #written = 0;
  #queue: Pending[] = [];
  #pendingBytes = 0;
  #flushing: Promise<void> | undefined;
  #failure: EvidenceError | undefined;
  readonly #attached = new Set<string>();
  readonly #growing = new Set<string>();
  #ended = false;

  constructor(root: string, folder: string, run: string, handle: FileHandle, plan: string, now: () => Date) {
    this.#root = root;
    this.folder = folder;
    this.#run = run;
    this.#handle = handle;
    this.#last = plan;
    this.#now = now;
  }

  async append(entry: Entry): Promise<StoredRecord> {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#handle === undefined) throw new Error(`run ${this.#run} is closed; nothing can be appended`);
    if (this.#ended) throw new Error(`run ${this.#run} has its end record; nothing can follow it`);
    if (this.#pendingBytes > maxPendingBytes) throw new Error('records are appended without awaiting them');
    // No await before the record has its number: two calls in a row must keep their order.
    const { record, line } = this.#chain(Entry.parse(wellFormed(entry)));
    this.#pendingBytes += line.length;
    const written = new Promise<void>((done, failed) => this.#queue.push({ line, done, failed }));
    this.#flushing ??= this.#flush();
    await written;
    return record;
  }

  async attach(file: string, content: string): Promise<void> {
    if (!isAttachment(file)) throw new Error(`${file} is not the name of an attachment`);
    await writeWhole(this.folder, file, content);
    this.#attached.add(file);
  }

  attachment(file: string): string {
    if (!isAttachment(file)) throw new Error(`${file} is not the name of an attachment`);
    this.#growing.add(file);
    return join(this.folder, file);
  }

  async close(reports: readonly DerivedFile<Evidence>[]): Promise<FinishedRun> {
    try {
      await this.#flushing;
      if (this.#failure !== undefined) throw this.#failure;
      if (!this.#ended) throw new Error(`run ${this.#run} has no end record; append it before closing`);
      await this.#handle?.sync().catch((error: unknown) => this.#fail(error));
    } finally {
      await this.abandon();
    }
    for (const file of this.#growing) if (existsSync(join(this.folder, file))) this.#attached.add(file);
    // What the reports show is what can be read back, not what was meant.
    const evidence = await readRun(this.folder);
    for (const report of reports) await writeWhole(this.folder, report.file, report.render(evidence));
    const manifest = await this.#seal([
      planFile,
      evidenceFile,
      ...this.#attached,
      ...reports.map((report) => report.file),
    ]);
    return { folder: this.folder, manifest, evidence };
  }

  async abandon(): Promise<void> {
    await this.#flushing;
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  #chain(entry: Entry): { record: StoredRecord; line: string } {
    const unsealed = { seq: this.#records, at: this.#now().toISOString(), prev: this.#last, entry };
    const hash = sha256(canonical(unsealed));
    const record = { ...unsealed, hash };
    this.#records++;
    this.#last = hash;
    this.#ended = entry.type === 'end';
    return { record, line: `${canonical(record)}\n` };
  }

  async #flush(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#take();
      const bytes = Buffer.from(batch.map((pending) => pending.line).join(''));
      try {
        await this.#handle?.appendFile(bytes);
        this.#written += bytes.length;
        for (const pending of batch) pending.done();
      } catch (error) {
        // Half a line must not stay behind: what was written before it is still good evidence.
        await this.#handle?.truncate(this.#written).catch(() => undefined);
        const failure = this.#failed(error);
        for (const pending of [...batch, ...this.#queue.splice(0)]) pending.failed(failure);
        this.#pendingBytes = 0;
      }
    }
    // In the same turn as the last look at the queue, so that no line is left without a flush.
    this.#flushing = undefined;
  }

  #take(): Pending[] {
    let size = 0;
    let count = 0;
    while (count < this.#queue.length && size < maxWriteBytes) size += this.#queue[count++]?.line.length ?? 0;
    this.#pendingBytes -= size;
    return this.#queue.splice(0, count);
  }

  #failed(error: unknown): EvidenceError {
    const path = join(this.folder, evidenceFile);
    const next = systemCode(error) === 'ENOSPC' ? '; make room and run again' : '';
    this.#failure = new EvidenceError(
      `${path}: ${systemReason(error)}; run ${this.#run} stays incomplete${next}`,
      { cause: error },
    );
    return this.#failure;
  }

  #fail(error: unknown): never {
    throw this.#failed(error);
  }

  async #seal(names: readonly string[]): Promise<Manifest> {
    const files: Manifest['files'] = {};
    for (const name of names) files[name] = await describeFile(join(this.folder, name));
    const manifest = sealManifest({
      schema: manifestSchema,
      run: this.#run,
      files,
      records: this.#records,
      last: this.#last,
      previous: await latestManifest(this.#root),
    });
    await writeWhole(this.folder, manifestFile, readable(manifest));
    return manifest;
  }
}

/** Not mkdir with `recursive`: that never ends where a file system lets nobody make folders, as /proc. */
async function makeParents(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeParents(dirname(folder));
  await mkdir(folder).catch((error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
  });
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await makeParents(dirname(folder));
    await mkdir(folder);
    await syncFolder(dirname(folder));
  } catch (error) {
    throw new EvidenceError(`${folder}: cannot keep evidence there: ${systemReason(error)}`, {
      cause: error,
    });
  }
}

async function openEvidence(folder: string): Promise<FileHandle> {
  const path = join(folder, evidenceFile);
  try {
    return await open(path, 'ax', 0o644);
  } catch (error) {
    throw new EvidenceError(`${path}: ${systemReason(error)}`, { cause: error });
  }
}
