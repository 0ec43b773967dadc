import { z } from 'zod';
import { faults } from '../../faults/index.ts';
import { usualLength } from '../../load/deck/model.ts';
import type { LatencyBound } from '../../load/judge/index.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { perTransactionOf } from './baseline.ts';
import { benchOf, type LoadContext, loadContext, paced } from './bench.ts';
import { calibrate } from './calibrate.ts';
import { asRun, clocked } from './clocked.ts';
import { judged } from './judged.ts';

const parameters = z.strictObject({
  kind: z.string(),
  /** A mix of the design's workload. */
  mix: z.string(),
  /** Statements whose time is bounded; all of the mix when not given. */
  statements: z.array(z.string()).min(1).optional(),
  /** 99: so many of a hundred answers come in time. */
  percentile: z.number().positive().max(100),
  /** From the scheduled start to the answer. */
  belowMs: z.number().positive(),
  /** Statements a second, reads and writes in the proportion of the mix: modest, since it is not the rate that is tried. */
  ratePerSecond: z.number().positive(),
});
type Parameters = z.infer<typeof parameters>;

/** Statements answer in time while the design's work goes on. */
export const loadLatency = defineCheck({
  kind: 'load.latency',
  family: 'load',
  says: 'statements of the workload answer in time, from their scheduled start, while the work of the application goes on',
  parameters,
  needs: ['superuser', 'faults', 'k6'],
  isolation: 'cluster',
  tables: () => [],
  run: runLatency,
  // Less than the work takes: what waits for it grows, whatever the bound.
  faults: () => [faults['server-throttled'](0.02)],
});

async function* runLatency(
  given: CheckContext,
  asked: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const context = loadContext(given);
  const { mix, ratePerSecond, percentile, belowMs } = asked;
  const { per, calibration } = await prepared(context, mix);
  const all = per.read + per.write;
  const rates = { read: (ratePerSecond * per.read) / all, write: (ratePerSecond * per.write) / all };
  const faulty = context.stopAtFirstBreach;
  const { driven, clients } = await clocked(context, {
    mix,
    rates,
    seconds: faulty ? 6 : 15,
    runs: 3,
    name: 'latency',
  });
  const latency: LatencyBound[] = (asked.statements ?? ['read', 'write'])
    .filter((of) => (of === 'read' && per.read > 0) || (of === 'write' && per.write > 0) || asked.statements)
    .map((of) => ({ percentile, milliseconds: belowMs, of }));
  return yield* judged(`mix ${mix}`, {
    // The rate is the means, the time is the end: nine tenths of it are asked for.
    target: { read: rates.read * 0.9, write: rates.write * 0.9, latency },
    runs: driven.map(asRun),
    calibration: { ...calibration, clients },
    ...(faulty
      ? { machineHeld: rates, limits: { seconds: 3, bins: 3 } }
      : { limits: { seconds: paced(context, 15), bins: paced(context, 15) } }),
  });
}

async function prepared(context: LoadContext, mix: string) {
  const bench = await benchOf(context);
  const per = perTransactionOf(await bench.deck(mix, usualLength));
  const calls = Math.max(1, Math.round(per.read + per.write));
  return { per, calibration: await calibrate(context, bench, calls) };
}
