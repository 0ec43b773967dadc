import { z } from 'zod';
import { faults } from '../../faults/index.ts';
import type { Driven } from '../../load/drive/bench.ts';
import type { Calibration, JudgeInput, LoadTarget, Rates } from '../../load/judge/index.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { type Baseline, baselineOf, usualSeconds } from './baseline.ts';
import { type LoadContext, loadContext } from './bench.ts';
import { asRun, clocked } from './clocked.ts';
import { addFigures } from './figures.ts';
import { judged } from './judged.ts';
import { sayBaseline, sayHalf } from './say-baseline.ts';

const parameters = z
  .strictObject({
    kind: z.string(),
    /** Statements a second; BEGIN, settings and COMMIT do not count. */
    reads: z.number().positive().optional(),
    writes: z.number().positive().optional(),
    /** A mix of the design's workload. */
    mix: z.string(),
    /** From the scheduled start to the answer. */
    latency: z.strictObject({ p99Ms: z.number().positive() }).optional(),
    /** Of each run, after the warm-up. Fewer say less of how steady it is; the pace of the run does not change what is needed. */
    seconds: z.int().min(3).default(usualSeconds),
  })
  .refine(({ reads, writes }) => reads !== undefined || writes !== undefined, 'give reads, writes, or both');
type Parameters = z.infer<typeof parameters>;

/** A rate of statements is held, by the clock; see docs/load-judgement.md for what that means. */
export const loadThroughput = defineCheck({
  kind: 'load.throughput',
  family: 'load',
  says: 'the design answers so many reads and writes a second of its own workload, under its policies, through its pooler',
  parameters,
  needs: ['superuser', 'faults', 'k6'],
  isolation: 'cluster',
  tables: () => [],
  run: runThroughput,
  faults: (_, { writes }) => [
    faults['server-throttled'](),
    faults['indexes-hidden'](),
    ...(writes === undefined ? [] : [faults['errors-let-in']()]),
  ],
});

async function* runThroughput(
  given: CheckContext,
  asked: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const context = loadContext(given);
  const { mix, seconds } = asked;
  const baseline = await baselineOf(context, mix, seconds);
  // With a fault in, what this machine held without it is what must be reached: half of it, by the clock.
  if (context.stopAtFirstBreach)
    return yield* judged(`mix ${asked.mix}`, await faultyRuns(context, asked, baseline));
  yield* sayBaseline(mix, baseline);
  const half = await context.remember(`load half of ${mix}, ${seconds} s`, () =>
    halfRuns(context, asked, baseline),
  );
  yield* sayHalf(mix, half);
  const target = targetOf(asked);
  const reachable = baseline.held.read >= target.read && baseline.held.write >= target.write;
  const { driven, clients } = reachable
    ? await clocked(context, { mix, rates: target, seconds, runs: 3, name: 'target' })
    : { driven: baseline.ceiling, clients: baseline.calibration.clients };
  return yield* judged(
    `mix ${asked.mix}`,
    {
      target,
      runs: driven.map(asRun),
      calibration: withClients(baseline, clients),
      limits: { seconds, bins: Math.min(usualSeconds, seconds) },
    },
    statementsPerAsked(asked, baseline),
  );
}

function statementsPerAsked(
  { reads, writes }: Parameters,
  { perTransaction: { read, write } }: Baseline,
): number {
  const asked = (reads === undefined ? 0 : read) + (writes === undefined ? 0 : write);
  return asked === 0 ? 1 : (read + write) / asked;
}

function withClients({ calibration }: Baseline, clients: number | undefined): Calibration {
  return { ...calibration, ...(clients === undefined ? {} : { clients }) };
}

/** By the clock at half of what was held, where latencies say something of the server and not of the queue. */
async function halfRuns(
  context: LoadContext,
  { mix, seconds }: Parameters,
  { held }: Baseline,
): Promise<readonly Driven[]> {
  const { driven } = await clocked(context, {
    mix,
    rates: halfOf(held),
    seconds: Math.min(10, seconds),
    runs: 1,
    name: 'half',
  });
  addFigures(context, mix, held, driven.map(asRun));
  return driven;
}

async function faultyRuns(
  context: LoadContext,
  { mix, writes, reads, seconds }: Parameters,
  baseline: Baseline,
): Promise<JudgeInput> {
  const half = halfOf(baseline.held);
  const { driven, clients } = await clocked(context, {
    mix,
    rates: half,
    seconds: Math.min(5, seconds),
    runs: 3,
    name: 'faulty',
  });
  return {
    target: { read: reads === undefined ? 0 : half.read, write: writes === undefined ? 0 : half.write },
    runs: driven.map(asRun),
    calibration: withClients(baseline, clients),
    machineHeld: baseline.held,
    limits: { seconds: 3, bins: 3 },
  };
}

function halfOf({ read, write }: Rates): Rates {
  return { read: read / 2, write: write / 2 };
}

function targetOf({ reads = 0, writes = 0, latency }: Parameters): LoadTarget {
  return {
    read: reads,
    write: writes,
    ...(latency === undefined
      ? {}
      : {
          latency: [
            { percentile: 99, milliseconds: latency.p99Ms, of: 'read' },
            { percentile: 99, milliseconds: latency.p99Ms, of: 'write' },
          ],
        }),
  };
}
