import { z } from 'zod';
import type { K6Summary } from './model.ts';

const Exported = z.object({
  metrics: z.record(z.string(), z.record(z.string(), z.unknown())),
});

export interface Seen {
  readonly seconds: number;
  readonly interrupted: number;
}

/**
 * Reads what `--summary-export` wrote. There a threshold is `true` when it was crossed. Null when the text is not one: k6 was
 * killed while it wrote.
 */
export function readSummary(text: string, { seconds, interrupted }: Seen): K6Summary | null {
  let metrics: z.infer<typeof Exported>['metrics'];
  try {
    metrics = Exported.parse(JSON.parse(text)).metrics;
  } catch {
    return null;
  }
  const figure = (metric: string, name: string) => {
    const value = metrics[metric]?.[name];
    return typeof value === 'number' ? value : 0;
  };
  return {
    iterations: figure('iterations', 'count'),
    droppedIterations: figure('dropped_iterations', 'count'),
    interruptedIterations: interrupted,
    checksFailed: figure('checks', 'fails'),
    seconds,
    usersMax: figure('vus_max', 'max'),
    thresholds: Object.entries(metrics).flatMap(([metric, { thresholds }]) =>
      Object.entries(isRecord(thresholds) ? thresholds : {}).map(([source, crossed]) => ({
        metric,
        source,
        ok: crossed === false,
      })),
    ),
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([metric, figures]) => [
        metric,
        Object.fromEntries(
          Object.entries(figures).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
        ),
      ]),
    ),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
