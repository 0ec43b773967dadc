import { expect } from 'vitest';
import { type Stand, tryClaim } from './bench.ts';
import { longName } from './rules.ts';

/** Short names for statements: S is the schema, R the request role, A the name of 63 bytes. */
const words: Readonly<Record<string, string>> = {
  S: '"my ""sch.ema"" é"',
  R: '"req ""user""; --"',
  A: longName,
};
export const sql = (text: string) => text.replace(/\{(\w)\}/g, (_, word) => words[word] ?? '');

/** Rewrites a function by replacing one piece of its definition; the piece must be there. */
export const rewrite = (identity: string, from: string, to: string) => `DO $do$
  DECLARE before text := pg_get_functiondef(${quote(identity)}::regprocedure); after text := replace(before, ${quote(from)}, ${quote(to)});
  BEGIN
    IF before = after THEN RAISE EXCEPTION 'not found'; END IF;
    EXECUTE after;
  END $do$`;
const quote = (text: string) => `'${text.replaceAll("'", "''")}'`;
export const record = 'log."re cord"()';

/** A breach, the claim that it refutes, and what must be named. */
export type Case = readonly [breach: string, sql: string, claim: string, object: RegExp];

export async function expectRefuted(
  stand: Stand,
  breach: string,
  claim: string,
  object: RegExp,
): Promise<void> {
  const result = await stand.withCopy((bench) => tryClaim(bench, claim), sql(breach));
  expect(result.outcome).toBe('broken');
  expect(result.breaches[0]?.object).toMatch(object);
  for (const each of result.breaches) {
    expect(each.says).not.toBe('');
    expect(each.expected).not.toBe(each.actual);
  }
}
