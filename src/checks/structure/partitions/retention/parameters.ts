import { z } from 'zod';
import { FaultSpec } from '../../../../faults/spec.ts';

export const parameters = z
  .strictObject({
    kind: z.string(),
    table: z.string(),
    /** An interval, as PostgreSQL writes it: `24 months`. */
    keep: z.string(),
    /** SQL that applies retention. */
    call: z.string(),
    role: z.string().optional(),
    /** SQL that makes the partition from :'from' to :'to'; default: CREATE TABLE … PARTITION OF. */
    make: z.string().optional(),
    /** SQL that adds a row at :'at'. */
    row: z.string().optional(),
    /** How long a partition is. */
    unit: z.enum(['day', 'week', 'month', 'quarter', 'year']),
    /** SQL that adds, at :'at', what keeps a partition that is too old. */
    keeps: z.strictObject({ says: z.string(), sql: z.string() }).optional(),
    /** The function that drops: `app.drop_old_partitions(integer)`; broken in the counterexamples. */
    function: z.string().optional(),
    without: z.array(FaultSpec).optional(),
  })
  .refine((given) => given.function !== undefined || given.without !== undefined, {
    message: 'needs function or without: nothing could be broken to see whether the check notices',
  });
export type Parameters = z.infer<typeof parameters>;
