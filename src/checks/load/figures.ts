import { judge, type MeasuredRun, type Rates } from '../../load/judge/index.ts';
import type { LoadContext } from './bench.ts';

/** What the series of a design's runs keeps of a mix: rates as fast as it goes, latencies and costs by the clock. */
export function addFigures(
  { run }: LoadContext,
  mix: string,
  held: Rates,
  half: readonly MeasuredRun[],
): void {
  const higher = (name: string, value: number) =>
    value > 0 && run.figure(`${mix}.${name}`, { value, unit: 'statements/s', better: 'higher' });
  const lower = (name: string, value: number, unit: string) =>
    Number.isFinite(value) && run.figure(`${mix}.${name}`, { value, unit, better: 'lower' });
  higher('reads.held', held.read);
  higher('writes.held', held.write);
  const { service, needs } = judge({ target: held, runs: half });
  for (const { of, p50, p99 } of service) {
    if (of !== 'read' && of !== 'write' && of !== 'transaction') continue;
    lower(`service.${of}.p50`, p50, 'ms');
    lower(`service.${of}.p99`, p99, 'ms');
  }
  for (const { component, microseconds } of needs?.by ?? []) {
    if (component !== 'other') lower(`cost.${component}`, microseconds, 'us of processor');
  }
}
