import { z } from 'zod';

/** Families of claims, in the order in which every report lists them. */
export const families = [
  'access',
  'audit',
  'structure',
  'topology',
  'load',
  'recovery',
  'migration',
] as const;
export const Family = z.enum(families);
export type Family = z.infer<typeof Family>;

/** What a claim turned out to be. `unproved` is never green. */
export const Verdict = z.enum(['proved', 'refuted', 'unproved']);
export type Verdict = z.infer<typeof Verdict>;

/** What a check's own trial showed, before its counterexamples are weighed. */
export const Outcome = z.enum(['held', 'broken', 'not-exercised']);
export type Outcome = z.infer<typeof Outcome>;

/** Exit codes of every command; see docs/cli.md. */
export const exitCodes = {
  proved: 0,
  refuted: 1,
  usage: 2,
  unproved: 3,
  unverified: 4,
  interrupted: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
