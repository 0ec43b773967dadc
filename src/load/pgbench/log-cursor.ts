import { type LogEnd, type LogLines, type LogShape, logLines, type Outcome, outcomes } from './log-lines.ts';

/** A place in the log of one thread, which moves on line by line. */
export class LogCursor {
  readonly #reader: AsyncGenerator<LogLines, LogEnd, void>;
  #lines: LogLines | undefined;
  #at = 0;
  #end: LogEnd | undefined;

  private constructor(reader: AsyncGenerator<LogLines, LogEnd, void>) {
    this.#reader = reader;
  }

  /** At the first line. */
  static async open(file: string, shape: LogShape, chunkBytes: number): Promise<LogCursor> {
    const cursor = new LogCursor(logLines(file, shape, chunkBytes));
    await cursor.refill();
    return cursor;
  }

  get exhausted(): boolean {
    return this.#lines === undefined;
  }

  /** Once it is exhausted. */
  get end(): LogEnd | undefined {
    return this.#end;
  }

  get lines(): LogLines {
    if (this.#lines === undefined) throw new Error('beyond the end of the log');
    return this.#lines;
  }

  get at(): number {
    return this.#at;
  }

  get outcome(): Outcome | undefined {
    return outcomes[this.lines.outcome[this.#at] as number];
  }

  get script(): number {
    return this.lines.script[this.#at] as number;
  }

  /** Microseconds since the epoch. */
  get ended(): number {
    return this.lines.ended[this.#at] as number;
  }

  /** When it was to begin; of what was not done, when it ended. */
  get scheduled(): number {
    return this.ended - (this.lines.latency[this.#at] as number);
  }

  /** To the next line; false when that has to be read first, with `refill`. */
  step(): boolean {
    this.#at++;
    return this.#at < this.lines.count;
  }

  async refill(): Promise<void> {
    const next = await this.#reader.next();
    this.#at = 0;
    this.#lines = next.done === true ? undefined : next.value;
    if (next.done === true) this.#end = next.value;
  }

  async close(): Promise<void> {
    // The reader closes its file when it is left; what it returns then is nobody's.
    await this.#reader.return({ lines: 0, malformed: 0, firstMalformed: undefined, cut: false });
  }
}
