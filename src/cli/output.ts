import type { WriteStream } from 'node:tty';

/** Writes data to standard output, with a line feed at its end. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Whether a stream takes colour: a terminal, and NO_COLOR unset or empty. */
export function colorOf(stream: Pick<WriteStream, 'isTTY'>): boolean {
  return stream.isTTY === true && (process.env.NO_COLOR ?? '') === '' && process.env.TERM !== 'dumb';
}
