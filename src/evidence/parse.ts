import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { wellFormed } from './canonical.ts';

export type Parsed<T> =
  | { readonly status: 'good'; readonly value: T }
  | { readonly status: 'bad'; readonly says: string };

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as JSON of a shape, or one clause that says what is wrong with them. */
export function parseBytes<T>(bytes: Uint8Array, shape: z.ZodType<T>): Parsed<T> {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    return { status: 'bad', says: error instanceof SyntaxError ? 'it is not JSON' : 'it is not UTF-8' };
  }
  if (/\\u[dD][89a-fA-F]/.test(text) && !isDeepStrictEqual(value, wellFormed(value))) {
    return { status: 'bad', says: 'it holds half a surrogate pair' };
  }
  const result = shape.safeParse(value);
  if (result.success) return { status: 'good', value: result.data };
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `at ${issue.path.join('.')}: `;
  return { status: 'bad', says: `${where}${issue?.message ?? 'it has another shape'}` };
}
