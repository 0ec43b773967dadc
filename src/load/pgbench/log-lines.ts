import { open } from 'node:fs/promises';

export const outcomes = ['done', 'failed', 'serialization', 'deadlock', 'skipped'] as const;
export type Outcome = (typeof outcomes)[number];

/** Which columns the lines of a log have, as the options of its run made them. */
export interface LogShape {
  /** `-R`: how late a transaction began. */
  readonly lag: boolean;
  /** `--max-tries` other than 1, of 15 and later. */
  readonly retries: boolean;
}

/**
 * Some lines of a log, column by column. The arrays are filled anew for the next ones: take out what is wanted first.
 */
export interface LogLines {
  readonly count: number;
  /** Index into `outcomes`. */
  readonly outcome: Uint8Array;
  /** Microseconds from the scheduled start under `-R`, else from the start; 0 unless done. */
  readonly latency: Float64Array;
  /** Microseconds from the scheduled start to the start. */
  readonly lag: Float64Array;
  readonly retries: Float64Array;
  readonly script: Uint16Array;
  /** When it ended, microseconds since the epoch. */
  readonly ended: Float64Array;
}

export interface LogEnd {
  readonly lines: number;
  /** Lines that are none of pgbench's: of a disk that was full for a while, or of other options than said. */
  readonly malformed: number;
  /** The line number of the first. */
  readonly firstMalformed: number | undefined;
  /** The file ends within a line: pgbench was killed, or the disk was full. What there is of that line is not taken. */
  readonly cut: boolean;
}

/** No line of a log is shorter than 12 bytes: `0 1 9 0 1 2`. */
const shortestLine = 12;

/** Reads the log of one thread in chunks, of 1 MB unless told, however long it is. Takes five times as much memory. */
export async function* logLines(
  file: string,
  shape: LogShape,
  chunkBytes = 1 << 20,
): AsyncGenerator<LogLines, LogEnd, void> {
  const handle = await open(file);
  try {
    const parser = new Parser(shape, Math.ceil(chunkBytes / shortestLine));
    const buffer = Buffer.alloc(chunkBytes);
    let held = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, held, chunkBytes - held, null);
      if (bytesRead === 0) break;
      const size = held + bytesRead;
      const end = buffer.lastIndexOf(0x0a, size - 1) + 1;
      if (end > 0) {
        parser.parse(buffer, end);
        if (parser.count > 0) yield parser;
      }
      held = size - end;
      // A line as long as a chunk is none.
      if (held === chunkBytes) held = 0;
      else buffer.copyWithin(0, end, size);
    }
    const { lines, malformed, firstMalformed } = parser;
    return { lines, malformed, firstMalformed, cut: held > 0 };
  } finally {
    await handle.close();
  }
}

const [space, newline, zero, nine] = [0x20, 0x0a, 0x30, 0x39];
/** `f`ailed, `de`adlock, `se`rialization, `sk`ipped: two letters tell them apart. */
const words = new Map(
  outcomes
    .map((word, index) => [(word.charCodeAt(0) << 8) | word.charCodeAt(1), index] as const)
    // What is done has its time there, and no word.
    .slice(1),
);
/** Columns: client, number, time, script, second, microsecond, and those that options add. */
const [timeColumn, scriptColumn, secondColumn, microsecondColumn, firstExtra] = [2, 3, 4, 5, 6];

class Parser implements LogLines {
  count = 0;
  readonly outcome: Uint8Array;
  readonly latency: Float64Array;
  readonly lag: Float64Array;
  readonly retries: Float64Array;
  readonly script: Uint16Array;
  readonly ended: Float64Array;
  lines = 0;
  malformed = 0;
  firstMalformed: number | undefined;
  readonly #shape: LogShape;

  constructor(shape: LogShape, mostLines: number) {
    this.#shape = shape;
    this.outcome = new Uint8Array(mostLines);
    this.latency = new Float64Array(mostLines);
    this.lag = new Float64Array(mostLines);
    this.retries = new Float64Array(mostLines);
    this.script = new Uint16Array(mostLines);
    this.ended = new Float64Array(mostLines);
  }

  /** Whole lines, up to `end`. */
  parse(bytes: Uint8Array, end: number): void {
    const { lag, retries } = this.#shape;
    const columns = firstExtra + Number(lag) + Number(retries);
    const retriesColumn = firstExtra + Number(lag);
    const values = new Float64Array(columns + 1);
    let count = 0;
    let column = 0;
    let value = 0;
    let digits = 0;
    let letters = 0;
    let word = 0;
    let good = true;
    for (let at = 0; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte >= zero && byte <= nine) {
        value = value * 10 + (byte - zero);
        digits++;
        continue;
      }
      if (byte !== space && byte !== newline) {
        letters++;
        if (letters <= 2) word = (word << 8) | byte;
        continue;
      }
      // A column holds digits or a word, and a word only where the time is.
      if (digits > 0 === letters > 0 || (letters > 0 && column !== timeColumn)) good = false;
      if (column < columns) values[column] = value;
      column++;
      value = 0;
      digits = 0;
      letters = 0;
      if (byte === space) continue;
      this.lines++;
      const outcome = word === 0 ? 0 : words.get(word);
      if (good && column === columns && outcome !== undefined) {
        this.outcome[count] = outcome;
        this.latency[count] = outcome === 0 ? (values[timeColumn] as number) : 0;
        this.script[count] = values[scriptColumn] as number;
        this.ended[count] = (values[secondColumn] as number) * 1e6 + (values[microsecondColumn] as number);
        this.lag[count] = lag ? (values[firstExtra] as number) : 0;
        this.retries[count] = retries ? (values[retriesColumn] as number) : 0;
        count++;
      } else {
        this.malformed++;
        this.firstMalformed ??= this.lines;
      }
      column = 0;
      word = 0;
      good = true;
    }
    this.count = count;
  }
}
