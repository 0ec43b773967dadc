import { ConfigError } from '../design/config-error.ts';

/** More than this is no document that a person reviews. */
export const largestInput = 50 * 1024 ** 2;

/** Reads a document, never more of it than `largestInput`. Throws ConfigError, in one line, for what is no document. */
export async function readDocument(
  name: string,
  chunks: AsyncIterable<Uint8Array | string>,
): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const part = Buffer.from(chunk);
    size += part.length;
    if (size > largestInput) throw new ConfigError(name, 'is larger than 50 MB', 'review it in parts');
    if (part.includes(0)) throw new ConfigError(name, 'is binary: it holds a NUL byte', 'give text');
    parts.push(part);
  }
  const text = Buffer.concat(parts)
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n');
  if (text.trim() === '') throw new ConfigError(name, 'is empty', 'give Markdown, text or SQL');
  return text;
}
