import { z } from 'zod';
import { type CheckId, checkIds } from './ids.ts';

export const findingsSchema = 'pgattest.findings/1';

const Id = z.enum(checkIds as [CheckId, ...CheckId[]]);

export const ReportedFinding = z.strictObject({
  id: Id,
  severity: z.enum(['error', 'warning', 'note']),
  object: z.strictObject({
    kind: z.string(),
    /** Quoted as SQL needs it; `policy on table`, `table.column`. */
    name: z.string(),
  }),
  says: z.string(),
  why: z.string(),
  /** What to do about it, in one line. */
  fix: z.string(),
  /** The last statement of the migrations that made or altered the object. */
  place: z.strictObject({ file: z.string(), line: z.int().positive() }).optional(),
});
export type ReportedFinding = z.infer<typeof ReportedFinding>;

/** What `pgattest review` found in a database. */
export const FindingsReport = z.strictObject({
  schema: z.literal(findingsSchema),
  tool: z.strictObject({ name: z.literal('pgattest'), version: z.string() }),
  /** `user@host:port/database`, never with a password; the name of a design. */
  database: z.string(),
  server: z.string(),
  looked: z.strictObject({
    relations: z.int().nonnegative(),
    policies: z.int().nonnegative(),
    functions: z.int().nonnegative(),
    triggers: z.int().nonnegative(),
    /** Roles that requests are taken to come as. */
    requestRoles: z.array(z.string()),
    /** Columns that are taken to say whose row it is. */
    tenantColumns: z.array(z.string()),
  }),
  findings: z.array(ReportedFinding),
  notLookedAt: z.array(z.strictObject({ id: Id, needs: z.string() })),
});
export type FindingsReport = z.infer<typeof FindingsReport>;
