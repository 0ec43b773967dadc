import type { NeverRule } from 'pgattest';

/** Refused to everyone before any row is looked at, for want of a privilege. */
export function never(says: string, lines?: readonly [number, number]): NeverRule {
  return { says, never: 'privilege', ...(lines === undefined ? {} : { lines }) };
}
