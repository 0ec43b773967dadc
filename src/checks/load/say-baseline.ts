import type { Driven } from '../../load/drive/bench.ts';
import { describeFigures, judge } from '../../load/judge/index.ts';
import type { Sighting } from '../check.ts';
import { type Baseline, clients, meanOf } from './baseline.ts';
import { asRun } from './clocked.ts';
import { round, sayRates } from './words.ts';

/** What was reached with nothing broken, as observations. */
export function* sayBaseline(
  mix: string,
  { generator, entry, ceiling, direct, calibration, held }: Baseline,
): Generator<Sighting> {
  const line = (way: string, actual: string): Sighting => ({
    subject: entry,
    way,
    statement: `mix ${mix}, ${generator}`,
    expected: 'measured',
    actual,
    agrees: true,
  });
  for (const [n, { measured }] of ceiling.entries()) {
    yield line(`as fast as ${clients} clients go, ${n + 1} of ${ceiling.length}`, sayRates(meanOf(measured)));
  }
  if (direct !== undefined) {
    const straight = meanOf(direct.measured);
    const ratio = (held.read + held.write) / Math.max(1, straight.read + straight.write);
    yield line(
      'straight to the primary',
      `${sayRates(straight)}; through the entry ${ratio.toFixed(2)} of it`,
    );
  }
  yield line(
    'calibration of the generator',
    `${round(calibration.noOp)} statements a second that do nothing, ${round(calibration.selectOne ?? 0)} SELECT 1 through the entry`,
  );
}

/** Latencies by the clock at a rate that is held: at the ceiling they say how long the queue is. */
export function* sayHalf(mix: string, [half]: readonly Driven[]): Generator<Sighting> {
  if (half === undefined) return;
  for (const figure of describeFigures(judge({ target: { read: 0, write: 0 }, runs: [asRun(half)] }))) {
    if (!/latency|service/i.test(figure.label)) continue;
    yield {
      subject: 'half of what was held',
      way: figure.label,
      statement: `mix ${mix}, by the clock`,
      expected: 'measured',
      actual: figure.actual,
      agrees: true,
    };
  }
}
