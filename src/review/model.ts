import { z } from 'zod';
import { type RuleId, rules } from './rules.ts';

export const reviewSchema = 'pgattest.review/1';

export const Severity = z.enum(['error', 'warning', 'note']);
export type Severity = z.infer<typeof Severity>;

/** Lines count from 1, in the document. */
const Line = z.int().positive();

/** What came of a statement in one pass over the document. */
export const Outcome = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('passed') }),
  z.strictObject({
    status: z.literal('failed'),
    sqlstate: z.string(),
    message: z.string(),
    /** Where the server points, when it does. */
    line: Line.optional(),
  }),
  z.strictObject({ status: z.literal('not run'), why: z.string() }),
]);
export type Outcome = z.infer<typeof Outcome>;

export const AppliedFix = z.strictObject({
  id: z.string(),
  says: z.string(),
  /** The statement that is changed: often an earlier one than the one that fails. */
  line: Line,
});
export type AppliedFix = z.infer<typeof AppliedFix>;

/**
 * Why a statement does not work: `first-order` by its own fault; `hidden` by its own fault, which the failure of an
 * earlier one hides; `consequence` because an earlier one failed; `after repair` only once an earlier one is repaired.
 */
export const Cause = z.enum(['first-order', 'hidden', 'consequence', 'after repair']);
export type Cause = z.infer<typeof Cause>;

/** `template` has parameters ($1); `fragment` is documentation in the shape of SQL; `psql` is a command of psql. */
export const Role = z.enum(['statement', 'template', 'fragment', 'psql']);
export type Role = z.infer<typeof Role>;

export const StatementReport = z.strictObject({
  line: Line,
  endLine: Line,
  part: z.int().nonnegative(),
  /** The first line, shortened. */
  statement: z.string(),
  role: Role,
  asWritten: Outcome,
  afterFixes: Outcome,
  cause: Cause.optional(),
  /** Line of the earlier statement whose failure this one follows from. */
  because: Line.optional(),
  /** Its own fault, where another failure hid it at first. */
  fault: z.strictObject({ sqlstate: z.string(), message: z.string() }).optional(),
  fixes: z.array(AppliedFix),
});
export type StatementReport = z.infer<typeof StatementReport>;

export const Finding = z.strictObject({
  rule: z.enum(Object.keys(rules) as [RuleId, ...RuleId[]]),
  severity: Severity,
  line: Line,
  endLine: Line.optional(),
  says: z.string(),
  /** What to do about it, in one line. */
  fix: z.string().optional(),
  /** The object in the database, quoted as SQL needs it. */
  object: z.string().optional(),
});
export type Finding = z.infer<typeof Finding>;

export const Counts = z.strictObject({
  statements: z.int().nonnegative(),
  /** Run in order as they stand, templates and fragments too. */
  failedAsWritten: z.int().nonnegative(),
  /** Statements with a fault of their own, visible in the first pass or hidden behind others. */
  firstOrder: z.int().nonnegative(),
  hidden: z.int().nonnegative(),
  consequences: z.int().nonnegative(),
  failedAfterFixes: z.int().nonnegative(),
  templates: z.int().nonnegative(),
  fragments: z.int().nonnegative(),
  notRun: z.int().nonnegative(),
});
export type Counts = z.infer<typeof Counts>;

/** A top-level section of the document. */
export const Part = z.strictObject({ title: z.string(), line: Line, counts: Counts });
export type Part = z.infer<typeof Part>;

export const BlockReport = z.strictObject({
  line: Line,
  endLine: Line,
  language: z.string(),
  assessed: z.boolean(),
});

export const Review = z.strictObject({
  schema: z.literal(reviewSchema),
  tool: z.strictObject({ name: z.literal('pgattest'), version: z.string() }),
  document: z.strictObject({ name: z.string(), bytes: z.int().nonnegative(), lines: z.int().nonnegative() }),
  server: z.string(),
  /** What narrows the report, or makes the run unlike the document's own server. */
  notes: z.array(z.string()),
  parts: z.array(Part),
  counts: Counts,
  blocks: z.array(BlockReport),
  /** Those that did not simply pass; `counts.statements` says how many there are. */
  statements: z.array(StatementReport),
  findings: z.array(Finding),
});
export type Review = z.infer<typeof Review>;
