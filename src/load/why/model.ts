import { z } from 'zod';

/**
 * Why a design is slow: what each statement of its workload costs, what row security and the audit add, and what would help.
 * Milliseconds are of the server. A tax is time with over time without; a speedup is time before over time after.
 */
export const whySchema = 'pgattest.why/1';

const Ms = z.number().nonnegative();

/** A ratio of paired measurements: the median of the pairs' ratios, with the interval that holds the true median. */
export const Ratio = z.strictObject({
  ratio: z.number().positive(),
  low: z.number().positive(),
  high: z.number().positive(),
  pairs: z.int().positive().describe('interleaved, after a warm-up each'),
  confidence: z.number().min(0).max(1).describe('of the interval, from the order of the pairs alone'),
  aMs: Ms.describe('median of the first of each pair: with the tax, before the fix'),
  bMs: Ms.describe('median of the second: without the tax, after the fix'),
});
export type Ratio = z.infer<typeof Ratio>;

export const Tax = Ratio.extend({
  sameRows: z
    .boolean()
    .describe('false: without it other rows come back, so the ratio is not the price alone'),
});
export type Tax = z.infer<typeof Tax>;

/** How a statement fared as one actor of the design, with the parameters of another. */
export const AsActor = z.strictObject({
  actor: z.string(),
  outcome: z.enum(['done', 'refused', 'failed']),
  sqlstate: z.string().optional(),
  ms: Ms.optional(),
  rows: z.number().nonnegative().optional(),
  tax: z.number().positive().optional().describe('with row security over without, one run each: a hint'),
});
export type AsActor = z.infer<typeof AsActor>;

export const FunctionCost = z.strictObject({
  name: z.string(),
  calls: z.number().nonnegative().describe('in one execution'),
  selfMs: Ms,
  totalMs: Ms,
  byPolicies: z.number().nonnegative().nullable().describe('calls that are gone without row security'),
});
export type FunctionCost = z.infer<typeof FunctionCost>;

export const TriggerCost = z.strictObject({
  table: z.string(),
  name: z.string(),
  calls: z.number().nonnegative(),
  ms: Ms,
});
export type TriggerCost = z.infer<typeof TriggerCost>;

export const PlanModes = Ratio.extend({
  /** a: generic, b: custom; planning is in both. */
  customPlanMs: Ms,
  genericPlanMs: Ms,
  customScans: z.int().nonnegative().describe('tables and partitions that were read'),
  genericScans: z.int().nonnegative(),
});
export type PlanModes = z.infer<typeof PlanModes>;

/** What a pooler in between costs, as a client sees it. */
export const PoolerCost = z.strictObject({
  calls: z.int().positive(),
  prepared: z.boolean().describe('sent as a prepared statement, on both ways'),
  directP50Ms: Ms,
  directP99Ms: Ms,
  pooledP50Ms: Ms,
  pooledP99Ms: Ms,
  p50: z.number().positive().describe('pooled over direct'),
  p99: z.number().positive(),
});
export type PoolerCost = z.infer<typeof PoolerCost>;

/** What pg_stat_statements says of a statement, between two looks. */
export const StatementDelta = z.strictObject({
  calls: z.number().nonnegative(),
  execMs: Ms.describe('total'),
  meanMs: Ms,
  planMs: Ms.nullable().describe('total; null unless pg_stat_statements.track_planning is on'),
  rows: z.number().nonnegative(),
  sharedHit: z.number().nonnegative().describe('blocks'),
  sharedRead: z.number().nonnegative().describe('blocks'),
  walBytes: z.number().nonnegative(),
  share: z.number().min(0).max(1).describe('of the execution time of everything in the database'),
});
export type StatementDelta = z.infer<typeof StatementDelta>;

export const StatementReport = z.strictObject({
  name: z.string(),
  kind: z.enum(['read', 'write']),
  sql: z.string(),
  share: z.number().min(0).max(1),
  shareFrom: z
    .enum(['pg_stat_statements', 'plays'])
    .describe('plays: calls in the mix times the time of one'),
  load: StatementDelta.nullable(),
  ms: Ms.nullable().describe('one execution, warm, as the actor of the workload'),
  planningMs: Ms.nullable(),
  rows: z.number().nonnegative().nullable(),
  tables: z.array(z.string()),
  writes: z.array(z.string()).describe('tables it writes, by triggers too'),
  rls: Tax.nullable(),
  audit: Tax.nullable(),
  plans: PlanModes.nullable(),
  pooler: PoolerCost.nullable(),
  functions: z.array(FunctionCost),
  triggers: z.array(TriggerCost),
  actors: z.array(AsActor),
  plan: z.string().nullable().describe('its nodes, in a line'),
  notes: z.array(z.string()),
});
export type StatementReport = z.infer<typeof StatementReport>;

export const TableReport = z.strictObject({
  table: z.string(),
  rls: z
    .number()
    .positive()
    .nullable()
    .describe('of the statements that read or write it, weighted by their time'),
  audit: z.number().positive().nullable(),
  hotShare: z.number().min(0).max(1).nullable().describe('of updates that needed no index entry'),
});
export type TableReport = z.infer<typeof TableReport>;

export const findingKinds = [
  'function-per-row',
  'function-cost',
  'volatile-function',
  'missing-index',
  'index-lost-to-row-security',
  'index-upkeep',
  'row-trigger',
  'audit-cost',
  'generic-plan',
  'planning',
  'pooler',
  'heap-fetches',
  'hot-updates',
] as const;

export const FixEffect = z.strictObject({
  statement: z.string(),
  speedup: Ratio,
  saves: z.number().describe('share of the time of everything; negative where the fix costs'),
});
export type FixEffect = z.infer<typeof FixEffect>;

export const WhyFinding = z.strictObject({
  kind: z.enum(findingKinds),
  severity: z.enum(['high', 'medium', 'low']).describe('by share: from 0.1, from 0.02, below'),
  share: z.number().min(0).max(1).describe('of the time of everything that it costs, or that its fix saved'),
  statement: z.string().nullable().describe('where it costs most'),
  table: z.string().nullable(),
  says: z.string(),
  evidence: z.record(z.string(), z.union([z.number(), z.string()])),
  fix: z.string().describe('SQL or setting'),
  caution: z.string().nullable().describe('what must be true for the fix to be right'),
  effect: z.array(FixEffect).describe('measured in transactions that were rolled back'),
  untried: z.string().nullable().describe('why there is no effect'),
});
export type WhyFinding = z.infer<typeof WhyFinding>;

export const WhyReport = z.strictObject({
  schema: z.literal(whySchema),
  design: z.string(),
  server: z.string(),
  mix: z.string(),
  writes: z.boolean().describe('whether writes were executed, and undone'),
  load: z
    .strictObject({ seconds: z.number().nonnegative(), calls: z.number().nonnegative() })
    .nullable()
    .describe('between the two looks at pg_stat_statements'),
  findings: z.array(WhyFinding).describe('the one that costs most first'),
  statements: z.array(StatementReport).describe('the one with the largest share first'),
  tables: z.array(TableReport),
  notes: z.array(z.string()),
});
export type WhyReport = z.infer<typeof WhyReport>;
