import { type FileHandle, open } from 'node:fs/promises';
import type { RecordingBucket, RecordingEnd, RecordingHeader } from './model.ts';
import type { Recording } from './recording.ts';

const flushBytes = 64 * 1024;

/** Writes a recording as it comes. One that is closed without its end reads as cut off. */
export class RecordingWriter {
  readonly #file: FileHandle;
  #held: string[] = [];
  #bytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Makes the file anew. */
  static async open(path: string, header: RecordingHeader): Promise<RecordingWriter> {
    const writer = new RecordingWriter(await open(path, 'w', 0o600));
    await writer.#line(header);
    return writer;
  }

  async write(bucket: RecordingBucket): Promise<void> {
    await this.#line(bucket);
  }

  async end(end: RecordingEnd['end']): Promise<void> {
    await this.#line({ end });
    await this.close();
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#file.close();
  }

  async #line(value: unknown): Promise<void> {
    const line = `${JSON.stringify(value)}\n`;
    this.#held.push(line);
    this.#bytes += line.length;
    if (this.#bytes >= flushBytes) await this.#flush();
  }

  async #flush(): Promise<void> {
    const text = this.#held.join('');
    this.#held = [];
    this.#bytes = 0;
    if (text !== '') await this.#file.appendFile(text);
  }
}

export async function writeRecording(path: string, { header, buckets, end }: Recording): Promise<void> {
  const writer = await RecordingWriter.open(path, header);
  for (const bucket of buckets) await writer.write(bucket);
  if (end === undefined) await writer.close();
  else await writer.end(end);
}
