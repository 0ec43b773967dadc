import { createHash } from 'node:crypto';

/** The 64-bit key of a stream of values. */
export type Key = readonly [number, number];

/** The key of a name: two names share values only if 64 bits of their SHA-256 are equal. */
export function keyOf(...name: readonly (string | number)[]): Key {
  const digest = createHash('sha256').update(JSON.stringify(name)).digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}
