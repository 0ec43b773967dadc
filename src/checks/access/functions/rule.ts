import { z } from 'zod';

const text = z.string().min(1);
const common = {
  says: text,
  lines: z.tuple([z.int().positive(), z.int().positive()]).optional(),
  /** A query whose rows are calls: one column for each argument, in order. Absent: one call without arguments. */
  args: text.optional(),
};

/**
 * What a function must give an actor. SQL over `actor` (as in access rules) and `args` (the row of the query of that name), over base
 * tables, never by a function of the design. Exactly one of `returns`, `rows`, `holds`, `allowed` and `never`.
 */
export const functionRule = z.union([
  /** An expression for the value. */
  z.strictObject({ ...common, returns: text }),
  /** A query for the rows; the elements of a function that returns an array. */
  z.strictObject({ ...common, rows: text }),
  /** A condition, also over `result` (the value as text): for values that nobody can foretell. */
  z.strictObject({ ...common, holds: text }),
  /** A condition for a call that does something: it ends without an error where this holds, and with one elsewhere. */
  z.strictObject({ ...common, allowed: text }),
  /** Nobody may call it. */
  z.strictObject({ says: text, lines: common.lines, never: z.literal('privilege') }),
]);

export type FunctionRule = z.infer<typeof functionRule>;
