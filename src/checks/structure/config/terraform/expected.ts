import { z } from 'zod';
import { isPattern } from '../script/scenario.ts';
import { show } from './path.ts';

const pattern = z.string().min(1).refine(isPattern, { message: 'must be a regular expression' });

/** What an attribute must be; an expression is compared as its text. */
export const Expected = z.union([
  z.union([z.string(), z.number(), z.boolean()]),
  z.strictObject({ absent: z.literal(true) }),
  z.strictObject({ matches: pattern }),
  z.strictObject({ lacks: pattern }),
  z.strictObject({ atLeast: z.number() }),
]);
export type Expected = z.infer<typeof Expected>;

export function isAsExpected(values: readonly unknown[], is: Expected): boolean {
  if (typeof is === 'object' && 'absent' in is) return values.length === 0;
  const [value] = values;
  if (values.length !== 1) return false;
  if (typeof is !== 'object') return value === is || show(value) === String(is);
  if ('matches' in is) return new RegExp(is.matches).test(show(value));
  if ('lacks' in is) return !new RegExp(is.lacks).test(show(value));
  return show(value).trim() !== '' && Number(show(value)) >= is.atLeast;
}

export function describeExpected(is: Expected): string {
  if (typeof is !== 'object') return String(is);
  if ('absent' in is) return 'not there';
  if ('matches' in is) return `a match of ${is.matches}`;
  return 'lacks' in is ? `no match of ${is.lacks}` : `at least ${is.atLeast}`;
}

export function describeActual(values: readonly unknown[]): string {
  return values.length === 0 ? 'not there' : values.map(show).join(', ');
}
