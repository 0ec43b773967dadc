import { z } from 'zod';
import { Source, Waiver } from './model.ts';
import { Family, Verdict } from './verdict.ts';

export const summarySchema = 'pgattest.summary/1';

export const SummaryClaim = z.strictObject({
  id: z.string(),
  says: z.string(),
  family: Family,
  verdict: Verdict,
  reason: z.string().optional(),
  outside: z.boolean().optional().describe('true: not part of this scenario, and not counted'),
  waived: Waiver.optional().describe('lies over the verdict, which is not counted'),
  controls: z.array(z.string()),
  source: Source,
  counterexamples: z.strictObject({ tried: z.int(), noticed: z.int() }),
  evidence: z.array(z.int()).describe('seq of the records in evidence.jsonl that stand behind the verdict'),
});
export type SummaryClaim = z.infer<typeof SummaryClaim>;

/** The machine-readable summary of a run; what `--json` prints. */
export const Summary = z.strictObject({
  schema: z.literal(summarySchema),
  run: z.string(),
  design: z.string(),
  scenario: z.string(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable().describe('null: the run died'),
  complete: z.boolean(),
  exitCode: z.int().nullable(),
  counts: z.strictObject({
    proved: z.int(),
    refuted: z.int(),
    unproved: z.int(),
    waived: z.int(),
    outside: z.int(),
  }),
  claims: z.array(SummaryClaim),
});
export type Summary = z.infer<typeof Summary>;
