/**
 * The evidence model: what a run writes down, once, and every report is derived from.
 *
 * A run is a plan (`plan.json`, written before anything starts) and a sequence of records (`evidence.jsonl`).
 * Each record carries the SHA-256 of the one before it; the first carries the SHA-256 of the plan.
 * Adding an optional field keeps the version; anything else makes a new one.
 */
import { z } from 'zod';
import { DrillTimeline } from './timeline.ts';
import { Family, Outcome, Verdict } from './verdict.ts';

export const evidenceSchema = 'pgattest.evidence/1';
export const planSchema = 'pgattest.plan/1';

/** SHA-256 in lower-case hex. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/);
const Time = z.iso.datetime();

/** Where a promise is written: a document of the design and its lines, both inclusive. */
export const Source = z.strictObject({
  file: z.string(),
  lines: z.tuple([z.int().positive(), z.int().positive()]).optional(),
});
export type Source = z.infer<typeof Source>;

/** An exception that somebody answers for, until the end of a day in UTC. */
export const Waiver = z.strictObject({ owner: z.string(), reason: z.string(), expires: z.iso.date() });
export type Waiver = z.infer<typeof Waiver>;

/** One promise as the plan lists it. `selected` is false for a claim that the scenario leaves out. */
export const PlannedClaim = z.strictObject({
  id: z.string(),
  says: z.string(),
  family: Family,
  controls: z.array(z.string()),
  source: Source,
  check: z.string().optional(),
  selected: z.boolean(),
  left: z.string().optional().describe('why the claim is not selected'),
  waiver: Waiver.optional().describe('lies over the verdict while it has not expired when the run starts'),
});
export type PlannedClaim = z.infer<typeof PlannedClaim>;

export const Plan = z.strictObject({
  schema: z.literal(planSchema),
  run: z.string(),
  design: z.string(),
  title: z.string(),
  scenario: z.string(),
  only: z.string().optional(),
  seed: z.int(),
  scale: z.number(),
  minutes: z.number().positive().optional().describe('that the checks of load were given'),
  on: z.string(),
  startedAt: Time,
  tool: z.strictObject({ name: z.literal('pgattest'), version: z.string(), node: z.string() }),
  inputs: z.record(z.string(), Digest).describe('SHA-256 of each file that the design consists of'),
  commit: z.string().optional().describe('commit of the working tree that holds the design'),
  operator: z.string().describe('the account that ran it'),
  claims: z.array(PlannedClaim),
  notAssessed: z
    .array(z.strictObject({ says: z.string(), source: Source, reason: z.string() }))
    .optional()
    .describe('what the document promises and no check of this tool can be asked'),
});
export type Plan = z.infer<typeof Plan>;

const Trial = z.string().describe("'baseline', or the name of the fault that was injected");

/** One thing that went otherwise than the rule says, with all that is needed to see it again. */
export const Breach = z.strictObject({
  says: z.string().describe('one sentence: who could or could not do what'),
  actor: z.string().optional(),
  object: z.string().describe('the policy, trigger, grant or relation to blame'),
  row: z.string().optional().describe('key of the row'),
  expected: z.string(),
  actual: z.string(),
  reproduce: z.string().optional().describe('a script for psql'),
});
export type Breach = z.infer<typeof Breach>;

const body = {
  environment: z.strictObject({
    type: z.literal('environment'),
    source: z.string().describe('local, embedded, docker or url'),
    why: z.string(),
    server: z.string().describe('version() of the server'),
    database: z.string(),
    settings: z.record(
      z.string(),
      z.strictObject({ design: z.string().optional(), here: z.string(), why: z.string().optional() }),
    ),
    notes: z.array(z.string()).describe('whatever makes this cluster unlike a production one'),
    machine: z.strictObject({
      os: z.string(),
      arch: z.string(),
      cores: z.int(),
      memoryBytes: z.int(),
    }),
    catalog: Digest.describe('SHA-256 of the catalogue facts after the migrations'),
  }),
  population: z.strictObject({
    type: z.literal('population'),
    tables: z.record(z.string(), z.int()).describe('rows by table after the fill'),
    actors: z.record(z.string(), z.string()).describe('actor name to who that is'),
  }),
  observation: z.strictObject({
    type: z.literal('observation'),
    claim: z.string(),
    trial: Trial,
    subject: z.string().describe('the relation or object looked at'),
    actor: z.string().optional(),
    command: z.string().optional().describe('SELECT, INSERT, UPDATE, DELETE, TRUNCATE'),
    way: z.string().describe('how it was tried'),
    role: z.string().optional().describe('the database role it ran as'),
    statement: z.string(),
    expected: z.string(),
    actual: z.string(),
    agrees: z.boolean(),
    tried: z.int().optional().describe('statements or rows that stand behind this line'),
  }),
  finding: z.strictObject({
    type: z.literal('finding'),
    claim: z.string(),
    trial: Trial,
    outcome: Outcome,
    reason: z.string().optional(),
    breaches: z.array(Breach),
    unexercised: z.array(z.string()).describe('what the data did not put to the test'),
    milliseconds: z.number(),
    timeline: DrillTimeline.optional().describe(
      'of a recovery drill: what happened when, and what it came to',
    ),
  }),
  counterexample: z.strictObject({
    type: z.literal('counterexample'),
    claim: z.string(),
    fault: z.string(),
    says: z.string(),
    statement: z.string().optional(),
    noticed: z.boolean(),
    by: z.string().optional().describe('the breach that gave it away'),
  }),
  verdict: z.strictObject({
    type: z.literal('verdict'),
    claim: z.string(),
    verdict: Verdict,
    reason: z.string().optional(),
  }),
  end: z.strictObject({
    type: z.literal('end'),
    complete: z.boolean(),
    reason: z.string().optional(),
    exitCode: z.int(),
  }),
} as const;

/** A record as a check or the runner hands it in, before the store numbers and chains it. */
export const Entry = z.discriminatedUnion('type', [
  body.environment,
  body.population,
  body.observation,
  body.finding,
  body.counterexample,
  body.verdict,
  body.end,
]);
export type Entry = z.infer<typeof Entry>;
export type Observation = z.infer<typeof body.observation>;
export type Finding = z.infer<typeof body.finding>;
export type Environment = z.infer<typeof body.environment>;
export type Population = z.infer<typeof body.population>;
export type Counterexample = z.infer<typeof body.counterexample>;
export type VerdictEntry = z.infer<typeof body.verdict>;

/**
 * A stored record. `hash` is the SHA-256 of the canonical JSON (RFC 8785) of the record without `hash`;
 * `prev` is the `hash` of the record before, or the SHA-256 of `plan.json` for the first.
 */
export const StoredRecord = z.strictObject({
  seq: z.int().nonnegative(),
  at: Time,
  prev: Digest,
  entry: Entry,
  hash: Digest,
});
export type StoredRecord = z.infer<typeof StoredRecord>;

/** Everything that is known of a run: the input of every reporter. */
export interface Evidence {
  readonly plan: Plan;
  readonly records: readonly StoredRecord[];
  /** SHA-256 of the last record, the anchor that reports show. */
  readonly digest: string;
}
