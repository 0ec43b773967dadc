import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../../design/config-error.ts';
import { linesOf } from '../../evidence/lines.ts';
import { SeriesEntry, seriesSchema } from './model.ts';

/** A series as it was read. */
export interface Series {
  /** In the order in which they were added. */
  readonly entries: readonly SeriesEntry[];
  /** Lines that are no entry, with their number: one that was cut off by a full disk, one of a later version. */
  readonly skipped: readonly { readonly line: number; readonly says: string }[];
}

/** The file of a design's series. */
export function seriesFile(folder: string, design: string): string {
  return join(folder, `${design}.jsonl`);
}

/** Reads a series; an empty one when there is no file. A line that is no entry is named and left out: the others still count. */
export async function readSeries(file: string): Promise<Series> {
  const entries: SeriesEntry[] = [];
  const skipped: { line: number; says: string }[] = [];
  try {
    for await (const { number, bytes } of linesOf(file)) {
      if (bytes.length === 0) continue;
      const entry = entryOf(bytes.toString());
      if (typeof entry === 'string') skipped.push({ line: number, says: entry });
      else entries.push(entry);
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { entries: [], skipped: [] };
    throw new ConfigError(file, `cannot be read (${codeOf(error) ?? 'unknown'})`, 'see its permissions', {
      cause: error,
    });
  }
  return { entries, skipped };
}

/**
 * Adds a run at the end, in one write, on the disk when it returns. A run that is there already is not added twice. A line before it that was cut off is
 * ended, so that it spoils itself alone. Returns whether it was added.
 */
export async function appendToSeries(file: string, entry: SeriesEntry): Promise<boolean> {
  const line = JSON.stringify(SeriesEntry.parse(entry));
  const { entries } = await readSeries(file);
  if (entries.some(({ run }) => run === entry.run)) return false;
  try {
    await mkdir(dirname(file), { recursive: true });
    const handle = await open(file, 'a+', 0o644);
    try {
      const { size } = await handle.stat();
      const last = Buffer.alloc(1);
      if (size > 0) await handle.read(last, 0, 1, size - 1);
      const cutOff = size > 0 && last.toString() !== '\n';
      await handle.appendFile(`${cutOff ? '\n' : ''}${line}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw new ConfigError(
      file,
      `cannot be written (${codeOf(error) ?? 'unknown'})`,
      'see its permissions and the disk',
      {
        cause: error,
      },
    );
  }
  return true;
}

function entryOf(line: string): SeriesEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not JSON; it was cut off, or edited';
  }
  const parsed = SeriesEntry.safeParse(value);
  if (parsed.success) return parsed.data;
  const { schema } = (value ?? {}) as { schema?: unknown };
  if (schema !== seriesSchema) return `schema ${String(schema)}, not ${seriesSchema}`;
  const [issue] = parsed.error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not an entry'}`;
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
