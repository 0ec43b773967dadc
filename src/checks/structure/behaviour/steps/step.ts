import { z } from 'zod';
import { splitStatements } from '../../../../cluster/sql-split.ts';

const text = z.string().min(1);

/** How a statement must end. Values are compared as the server's own text. */
export const Expect = z.union([
  z.literal('done'),
  /** Rows returned or touched. */
  z.strictObject({ rows: z.int().nonnegative() }),
  z.strictObject({ none: z.literal(true) }),
  /** An SQLSTATE or its class of two characters; `message` is a part of the server's message. */
  z.strictObject({
    error: z.string().regex(/^[0-9A-Z]{2}([0-9A-Z]{3})?$/, 'must be an SQLSTATE or its class: 23514, 23'),
    message: text.optional(),
    constraint: text.optional(),
  }),
  /** First column of the first row. */
  z.strictObject({ value: z.string().nullable() }),
  z.strictObject({ values: z.array(z.array(z.string().nullable())) }),
  /** The same rows, in any order, as this query gives the superuser. */
  z.strictObject({ same: text }),
]);
export type Expect = z.infer<typeof Expect>;

/** Who runs a statement; the superuser when neither `as` nor `role` is given. */
export const who = {
  /** An actor, through the request role, with its settings. */
  as: text.optional(),
  /** A database role. */
  role: text.optional(),
  settings: z.record(text, z.string()).optional(),
};

const oneIdentity = (step: { as?: string | undefined; role?: string | undefined }) =>
  step.as === undefined || step.role === undefined;

const name = z.string().regex(/^[a-z_]\w*$/i, 'must be letters, digits and underscores');

export const Step = z
  .strictObject({
    sql: text,
    ...who,
    /** What this step shows, in one sentence. */
    says: text.optional(),
    /** Keeps the first row: its columns are `:'name.column'` in later statements. */
    save: name.optional(),
    expect: Expect.optional(),
  })
  .refine(oneIdentity, { message: 'has an actor in as and a role' })
  .refine(({ sql }) => !endsTransaction(sql), { message: 'must not end the transaction that undoes it' });
export type Step = z.infer<typeof Step>;

export const Participant = z
  .strictObject(who)
  .refine(oneIdentity, { message: 'has an actor in as and a role' });
export type Participant = z.infer<typeof Participant>;

/** A step of one of several sessions. */
export const ScriptStep = z.strictObject({
  session: text,
  sql: text,
  says: text.optional(),
  save: name.optional(),
  expect: Expect.optional(),
  /** It must wait for a lock of another session; how it ends is seen at the session's next step, or at the end. */
  waits: z.boolean().optional(),
});
export type ScriptStep = z.infer<typeof ScriptStep>;

/** Sessions that run the same statements at once. */
export const Parallel = z.strictObject({
  sessions: z.int().min(2),
  /** `:'parallel.session'` and `:'parallel.time'` are the numbers of the session and of its turn, from 1. */
  each: text,
  times: z.int().positive(),
  ...who,
  expect: Expect.optional(),
  /** SQLSTATEs or classes of them that are fine too: 40001 for a serialization failure. */
  may: z.array(text).optional(),
});
export type Parallel = z.infer<typeof Parallel>;

/** COMMIT and its like would make a trial stay. */
function endsTransaction(sql: string): boolean {
  return splitStatements(sql).some((statement) =>
    /^(begin|start\s+transaction|commit|end|abort|prepare\s+transaction|rollback(?!\s+(work\s+|transaction\s+)?to\b))\b/i.test(
      statement.text,
    ),
  );
}
