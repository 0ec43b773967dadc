import { createReadStream } from 'node:fs';

/** One line of a file: its bytes without the newline, counted from 1. */
export interface Line {
  readonly number: number;
  readonly bytes: Buffer;
  /** False for a last line that has no newline: it was cut off while it was written. */
  readonly ended: boolean;
}

const newline = 0x0a;

/**
 * Lines of a file of any size. Splits at the byte 0x0A and nowhere else: JSON may hold U+2028, at which
 * `readline` would split too. `see` gets every byte, for hashing on the way.
 */
export async function* linesOf(path: string, see: (chunk: Buffer) => void = () => {}): AsyncGenerator<Line> {
  let number = 0;
  let held: Buffer[] = [];
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    see(chunk);
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1; at = chunk.indexOf(newline, from)) {
      held.push(chunk.subarray(from, at));
      yield { number: ++number, bytes: Buffer.concat(held), ended: true };
      held = [];
      from = at + 1;
    }
    if (from < chunk.length) held.push(chunk.subarray(from));
  }
  if (held.length > 0) yield { number: ++number, bytes: Buffer.concat(held), ended: false };
}
