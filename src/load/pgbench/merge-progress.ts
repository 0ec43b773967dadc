import { pooled } from './pooled.ts';
import type { Progress } from './progress.ts';

/** Lines of progress of several processes, put together by their time: one when all that still run have said theirs. */
export class ProgressMerge {
  readonly #interval: number;
  readonly #running: Set<number>;
  readonly #waiting = new Map<number, Map<number, Progress>>();
  readonly #newest = new Map<number, number>();

  constructor(processes: number, intervalSeconds: number) {
    this.#interval = intervalSeconds;
    this.#running = new Set(Array.from({ length: processes }, (_, index) => index));
  }

  /** Takes a line; gives those that are complete now. */
  push(process: number, progress: Progress): readonly Progress[] {
    // They come a bit more or less than a full interval apart.
    const at = Math.round(progress.seconds / this.#interval);
    const group = this.#waiting.get(at) ?? new Map<number, Progress>();
    this.#waiting.set(at, group.set(process, progress));
    this.#newest.set(process, at);
    return this.#complete();
  }

  end(process: number): readonly Progress[] {
    this.#running.delete(process);
    return this.#complete();
  }

  #complete(): readonly Progress[] {
    const reached = Math.min(...[...this.#running].map((index) => this.#newest.get(index) ?? -Infinity));
    const done = [...this.#waiting].filter(([at]) => at <= reached).sort(([a], [b]) => a - b);
    return done.map(([at, group]) => {
      this.#waiting.delete(at);
      return mergeProgress([...group.values()]);
    });
  }
}

/** Of the same second: rates and counts are added, latencies weighted by the rate. */
export function mergeProgress(parts: readonly Progress[]): Progress {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const tps = sum(parts.map((part) => part.tps)) ?? 0;
  const { mean, stddev } = pooled(
    parts.map((part) => ({ count: part.tps, mean: part.latencyMs, stddev: part.stddevMs })),
  );
  const lags = parts.filter((part) => part.lagMs !== undefined);
  const optional = {
    failed: sum(parts.map((part) => part.failed)),
    lagMs:
      lags.length === 0
        ? undefined
        : pooled(lags.map(({ tps: count, lagMs = Number.NaN }) => ({ count, mean: lagMs, stddev: 0 }))).mean,
    skipped: sum(parts.map((part) => part.skipped)),
    retried: sum(parts.map((part) => part.retried)),
    retries: sum(parts.map((part) => part.retries)),
  };
  return {
    seconds: Math.min(...parts.map((part) => part.seconds)),
    tps,
    latencyMs: mean,
    stddevMs: stddev,
    ...(Object.fromEntries(
      Object.entries(optional).filter(([, value]) => value !== undefined),
    ) as Partial<Progress>),
  };
}

/** Undefined when none has it. */
function sum(values: readonly (number | undefined)[]): number | undefined {
  const there = values.filter((value) => value !== undefined);
  return there.length === 0 ? undefined : there.reduce((total, value) => total + value, 0);
}
