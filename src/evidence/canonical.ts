import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

// The package is CommonJS and exports the function itself; its types promise a `default` that is not there.
const serialize = canonicalize as unknown as (value: unknown) => string | undefined;

/** Canonical JSON as RFC 8785 has it: what every hash of the evidence is taken over. */
export function canonical(value: unknown): string {
  const text = serialize(value);
  if (text === undefined) throw new TypeError('a value without a JSON form has no canonical JSON');
  return text;
}

/** JSON for people: two spaces, a newline at the end. The same value always gives the same bytes. */
export function readable(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** SHA-256 in lower-case hex; text counts as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}
