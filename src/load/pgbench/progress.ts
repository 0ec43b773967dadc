/** One line of `-P`: what came since the one before. */
export interface Progress {
  /** Since the start; with `processes`, of the process that is furthest behind. */
  readonly seconds: number;
  readonly tps: number;
  /** From the scheduled start under `-R`. NaN when nothing was done. */
  readonly latencyMs: number;
  readonly stddevMs: number;
  /** Serialization failures and deadlocks; absent in 14 and before. */
  readonly failed?: number;
  /** `-R`: how late they began, on average. */
  readonly lagMs?: number;
  /** `-R` with `-L`: never sent. */
  readonly skipped?: number;
  readonly retried?: number;
  readonly retries?: number;
}

const number = '(-?(?:[\\d.]+|nan|inf))';
const pattern = new RegExp(
  `^progress: ${number} s, ${number} tps, lat ${number} ms stddev ${number}(?:, (\\d+) failed)?(?:, lag ${number} ms)?(?:, (\\d+) skipped)?(?:, (\\d+) retried, (\\d+) retries)?$`,
  'i',
);

/** A line of progress of pgbench 13 to 17, or undefined for any other. */
export function parseProgress(line: string): Progress | undefined {
  const match = pattern.exec(line);
  if (match === null) return undefined;
  const [, seconds, tps, latency, stddev, failed, lag, skipped, retried, retries] = match;
  return {
    seconds: Number(seconds),
    tps: toNumber(tps),
    latencyMs: toNumber(latency),
    stddevMs: toNumber(stddev),
    ...(failed === undefined ? {} : { failed: Number(failed) }),
    ...(lag === undefined ? {} : { lagMs: toNumber(lag) }),
    ...(skipped === undefined ? {} : { skipped: Number(skipped) }),
    ...(retried === undefined ? {} : { retried: Number(retried) }),
    ...(retries === undefined ? {} : { retries: Number(retries) }),
  };
}

function toNumber(text: string | undefined): number {
  return text === undefined || /nan|inf/i.test(text) ? Number.NaN : Number(text);
}
