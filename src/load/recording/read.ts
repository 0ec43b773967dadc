import { z } from 'zod';
import { ConfigError } from '../../design/config-error.ts';
import { type Line, linesOf } from '../../evidence/lines.ts';
import { Histogram } from './histogram.ts';
import { RecordingBucket, RecordingEnd, RecordingHeader } from './model.ts';
import type { Recording } from './recording.ts';

const hint = 'record it again; a recording is never mended by hand';

/** A recording of any length, line by line. */
export interface RecordingReader {
  readonly header: RecordingHeader;
  /** The buckets, in the order of the file. */
  readonly buckets: AsyncIterable<RecordingBucket>;
  /** Known when the buckets have been read: undefined for a recording that was cut off. */
  end(): RecordingEnd['end'] | undefined;
  /** Where the last bucket stands: `path:line`. */
  where(): string;
  /** Closes the file; only needed when the buckets are not read to their end. */
  close(): Promise<void>;
}

/**
 * Opens a recording. A last line that was cut off ends it without an end; anything else that is not as it should be throws
 * ConfigError with file and line, here or while the buckets are read.
 */
export async function openRecording(path: string): Promise<RecordingReader> {
  const lines = linesOf(path);
  const first = await next(lines, path);
  if (first === undefined)
    throw new ConfigError(path, 'an empty recording: the generator wrote nothing', hint);
  const json = jsonOf(first, path);
  if (json === undefined) throw new ConfigError(path, 'a recording that was cut off in its first line', hint);
  const header = parse(RecordingHeader, json, `${path}:1`);
  let end: RecordingEnd['end'] | undefined;
  let number = 1;
  async function* buckets(): AsyncGenerator<RecordingBucket> {
    for await (const line of lines) {
      number = line.number;
      const found = jsonOf(line, path);
      if (found === undefined) return;
      if (end !== undefined)
        throw new ConfigError(`${path}:${number}`, 'something comes after the end', hint);
      if (typeof found === 'object' && found !== null && 'end' in found) {
        end = parse(RecordingEnd, found, `${path}:${number}`).end;
      } else yield parse(RecordingBucket, found, `${path}:${number}`);
    }
  }
  return {
    header,
    buckets: buckets(),
    end: () => end,
    where: () => `${path}:${number}`,
    close: async () => void (await lines.return(undefined)),
  };
}

/** Reads a recording into memory. Throws ConfigError as `openRecording` does, and for histograms that are none. */
export async function readRecording(path: string): Promise<Recording> {
  const reader = await openRecording(path);
  const buckets: RecordingBucket[] = [];
  const sum = new Histogram();
  for await (const bucket of reader.buckets) {
    located(reader.where(), () => {
      for (const text of [bucket.latency, bucket.service]) if (text !== undefined) sum.addEncoded(text);
    });
    buckets.push(bucket);
  }
  return { header: reader.header, buckets, end: reader.end() };
}

/** What is wrong with a histogram, with the line that it stands in. */
export function located(where: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ConfigError(where, error.message, hint, { cause: error });
  }
}

async function next(lines: AsyncGenerator<Line>, path: string): Promise<Line | undefined> {
  try {
    const { value, done } = await lines.next();
    return done === true ? undefined : value;
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
    const what = code === 'ENOENT' ? 'no such recording' : `cannot be read (${code})`;
    throw new ConfigError(path, what, 'give the path of a file that a generator wrote', { cause });
  }
}

/** Undefined for a last line that was cut off. */
function jsonOf({ bytes, ended, number }: Line, path: string): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch (cause) {
    if (!ended) return undefined;
    throw new ConfigError(`${path}:${number}`, 'not JSON', hint, { cause });
  }
}

function parse<T extends z.ZodType>(schema: T, json: unknown, where: string): z.infer<T> {
  const { success, data, error } = schema.safeParse(json);
  if (success) return data;
  const [issue] = error.issues;
  const at = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw new ConfigError(where, `${at}${issue?.message ?? z.prettifyError(error)}`, hint);
}
