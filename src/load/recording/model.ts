import { z } from 'zod';

/**
 * What a load generator wrote down: a file of JSON lines, the header first, then one line for each second, statement and
 * outcome, the end last. Whatever generates load, the judge sees this alone. A file without an end was cut off.
 *
 * Times are microseconds; histograms are HDR, version 2, compressed, base64.
 */
export const recordingSchema = 'pgattest.recording/1';

/** The same for every histogram, so that any two can be added. */
export const histogramShape = { lowest: 1, highest: 3_600_000_000, digits: 3 } as const;

/** Under this name instead of an error's class: under way when the clock stopped, and broken off. */
export const interruptedClass = 'interrupted';

/** `control`: BEGIN, settings, COMMIT: counted nowhere. `transaction`: the whole of one, under its name. */
export const StatementKind = z.enum(['read', 'write', 'control', 'transaction']);
export type StatementKind = z.infer<typeof StatementKind>;

export const RecordingHeader = z.strictObject({
  schema: z.literal(recordingSchema),
  generator: z.string().describe('program and version'),
  startedAt: z.iso.datetime().describe('the instant at which second 0 begins'),
  model: z
    .enum(['open', 'closed'])
    .describe('open: work arrives by the clock; closed: when the work before is done'),
  segment: z.string().optional().describe('which part of the whole this generator makes: `1/4:1/2`'),
});
export type RecordingHeader = z.infer<typeof RecordingHeader>;

export const RecordingBucket = z.strictObject({
  second: z.int().nonnegative().describe('in which it was answered, since startedAt'),
  statement: z.string(),
  kind: StatementKind,
  done: z.int().nonnegative().describe('answered, without an error'),
  errors: z
    .record(z.string(), z.int().positive())
    .optional()
    .describe('by SQLSTATE class; `client` for what has none; `interrupted` for what the end broke off'),
  wrong: z
    .int()
    .nonnegative()
    .optional()
    .describe('answered with rows that the caller may not see, or too few'),
  latency: z.string().optional().describe('from the scheduled start to the answer; what failed is in it too'),
  service: z.string().optional().describe('from sending to the answer'),
});
export type RecordingBucket = z.infer<typeof RecordingBucket>;

export const RecordingEnd = z.strictObject({
  end: z.strictObject({
    seconds: z.number().nonnegative(),
    scheduled: z.int().nonnegative().optional().describe('transactions that the clock asked for'),
    dropped: z.int().nonnegative().describe('scheduled and never sent: the generator was late'),
    complete: z.boolean().describe('false when it was interrupted or gave up'),
    reason: z.string().optional(),
  }),
});
export type RecordingEnd = z.infer<typeof RecordingEnd>;
