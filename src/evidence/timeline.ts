/** What a recovery drill leaves beside its finding: when things happened, curves, and what was measured of them. */
import { z } from 'zod';

/** Most points that a curve keeps in the evidence; see `thin`. */
export const maxPoints = 600;

const At = z.number().describe('milliseconds since the drill began, on a steady clock');
const Span = z.number().nonnegative().describe('milliseconds');
const PerSecond = z.number().nonnegative();

export const TimelineMark = z.strictObject({
  name: z.string().describe('fault, detected, decided, promoted, …'),
  says: z.string(),
  at: At,
});
export type TimelineMark = z.infer<typeof TimelineMark>;

export const TimelineSeries = z.strictObject({
  name: z.string().describe('commits, errors, lag, archived, …'),
  unit: z.string().describe('commits/s, bytes, segments, ms'),
  points: z.array(z.tuple([At, z.number()])).max(maxPoints),
});
export type TimelineSeries = z.infer<typeof TimelineSeries>;

/** A phase ends with the mark that it is named after. */
export const RecoveryPhase = z.strictObject({ name: z.string(), from: At, to: At });
export type RecoveryPhase = z.infer<typeof RecoveryPhase>;

const recovery = {
  from: z.string().describe('the mark that it is counted from'),
  until: z.string().describe('the mark that ends it'),
  milliseconds: Span.optional().describe('absent: it never came to that'),
  phases: z.array(RecoveryPhase).describe('one after the other; where it came to its end they add up to it'),
  target: Span.optional().describe('what the design promises'),
};

export const RecoveryMeasures = z.strictObject({
  rpo: z.strictObject({
    loses: z.enum(['nothing', 'rpo']).describe('what may be lost: nothing, or what is younger than the RPO'),
    records: z.int().nonnegative().describe('acknowledged and missing after recovery'),
    milliseconds: Span.describe(
      'fault − acknowledgement of the earliest lost commit; 0 if none, or if that was later',
    ),
    split: z
      .int()
      .nonnegative()
      .optional()
      .describe('of the first hundred lost: acknowledged after another server was promoted'),
    exposure: Span.optional().describe('largest (now − commit time of the last archived record)'),
    target: Span.optional().describe('what the design promises'),
  }),
  rto: z
    .strictObject(recovery)
    .optional()
    .describe('of writes, where writers were led to what was recovered'),
  restore: z
    .strictObject({
      ...recovery,
      bytes: z.number().nonnegative().optional().describe('of the data folder after fetching'),
      segments: z.number().nonnegative().optional().describe('of WAL that were replayed'),
      bytesPerSecond: PerSecond.optional().describe('fetched'),
      segmentsPerSecond: PerSecond.optional().describe('replayed'),
    })
    .optional()
    .describe('from a backup, counted from when it was asked for'),
  rate: z
    .strictObject({
      before: PerSecond.describe('acknowledged commits a second before the fault'),
      needed: PerSecond.describe('95 % of that'),
      reached: Span.optional().describe('from the fault until a second of that rate; absent: not seen'),
    })
    .optional(),
  injector: Span.optional().describe('what breaking it took by itself; part of the RTO'),
});
export type RecoveryMeasures = z.infer<typeof RecoveryMeasures>;

export const DrillTimeline = z.strictObject({
  startedAt: z.iso
    .datetime()
    .describe('wall clock at 0, to compare with a server log; nothing is reckoned with it'),
  marks: z.array(TimelineMark),
  series: z.array(TimelineSeries),
  measures: RecoveryMeasures,
});
export type DrillTimeline = z.infer<typeof DrillTimeline>;
