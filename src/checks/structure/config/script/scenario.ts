import { z } from 'zod';

const pattern = z.string().min(1).refine(isPattern, { message: 'must be a regular expression' });

/** Body in bash of each command that is not to run, by its name. */
export const Stubs = z.record(z.string().regex(/^[\w.-]+$/, 'must be the name of a command'), z.string());

/** Content by path below the working folder; with an age as date(1) reads it: `40 days`. */
export const Files = z.record(
  z.string().regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$))./, 'must be a path below the working folder'),
  z.union([z.string(), z.strictObject({ content: z.string(), age: z.string().min(1) })]),
);

export const ScriptExpect = z.strictObject({
  exit: z.union([z.int().nonnegative(), z.literal('failure')]),
  stdout: pattern.optional(),
  stderr: pattern.optional(),
  /** Every call of a stub, `name argument argument`, in order: one pattern each. */
  calls: z.array(pattern).optional(),
  noCalls: z.array(pattern).optional(),
  /** Paths that must be there afterwards, and that must not. */
  left: z.array(z.string().min(1)).optional(),
  gone: z.array(z.string().min(1)).optional(),
});
export type ScriptExpect = z.infer<typeof ScriptExpect>;

/** One more run of the script, with what differs from the first. */
export const ScriptScenario = z.strictObject({
  says: z.string().min(1),
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  stubs: Stubs.optional(),
  files: Files.optional(),
  expect: ScriptExpect,
});
export type ScriptScenario = z.infer<typeof ScriptScenario>;

export function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'm');
    return true;
  } catch {
    return false;
  }
}
