import { z } from 'zod';
import { Verdict } from '../../evidence/verdict.ts';

/**
 * A series: what the runs of one design came to, a line of JSON each, the oldest first. Lines are only ever added. Adding an optional field
 * keeps the version; anything else makes a new one.
 */
export const seriesSchema = 'pgattest.series/1';

export const Figure = z.strictObject({
  value: z.number(),
  unit: z.string().describe('`statements/s`, `us`, `1`'),
  better: z.enum(['higher', 'lower']),
});
export type Figure = z.infer<typeof Figure>;

export const SeriesEntry = z.strictObject({
  schema: z.literal(seriesSchema),
  run: z.string(),
  startedAt: z.iso.datetime(),
  design: z.string(),
  scenario: z.string(),
  commit: z.string().optional(),
  machine: z
    .strictObject({ fingerprint: z.string(), says: z.string() })
    .describe('runs on machines of one fingerprint can be compared'),
  setup: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .describe(
      'whatever else must be the same for figures to mean the same: scale, duration, targets, generator',
    ),
  verdicts: z.record(z.string(), Verdict).optional().describe('of the claims that the figures belong to'),
  figures: z.record(z.string(), Figure).describe('by name: `reads.achieved`, `latency.read.p99`'),
});
export type SeriesEntry = z.infer<typeof SeriesEntry>;

/** Why two runs' figures must not be weighed against each other; empty: they may. */
export function differences(a: SeriesEntry, b: SeriesEntry): readonly string[] {
  const unlike: string[] = [];
  const look = (name: string, one: unknown, other: unknown) => {
    if (one !== other) unlike.push(`${name}: ${one ?? 'none'} and ${other ?? 'none'}`);
  };
  look('design', a.design, b.design);
  look('scenario', a.scenario, b.scenario);
  if (a.machine.fingerprint !== b.machine.fingerprint) {
    unlike.push(`machine: ${a.machine.says} and ${b.machine.says}`);
  }
  for (const name of [...new Set([...Object.keys(a.setup), ...Object.keys(b.setup)])].sort()) {
    look(name, a.setup[name], b.setup[name]);
  }
  return unlike;
}
