import type { K6Ending, K6Summary } from './model.ts';

/** k6's exit codes: errext/exitcodes/codes.go. */
const codes = {
  thresholds: 99,
  setupTimeout: 100,
  teardownTimeout: 101,
  genericTimeout: 102,
  invalidConfig: 104,
  externalAbort: 105,
  scriptException: 107,
  scriptAborted: 108,
  panic: 109,
  markedAsFailed: 110,
} as const;

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Why this side stopped it, when it did. */
  readonly stopped: 'aborted' | 'timeout' | null;
  /** What k6 logged as errors, first to last. */
  readonly errors: readonly string[];
  readonly summary: K6Summary | null;
}

/** What an exit status of k6 means. */
export function endingOf({ code, signal, stopped, errors, summary }: Exit): K6Ending {
  if (stopped !== null) return { kind: stopped };
  const message = errors.at(-1) ?? (signal === null ? `k6 ended with ${code}` : `k6 was killed by ${signal}`);
  switch (code) {
    case 0:
      return { kind: 'passed' };
    case codes.thresholds: {
      const crossed = summary?.thresholds.filter(({ ok }) => !ok) ?? [];
      return { kind: 'thresholds', crossed: crossed.map(({ metric, source }) => `${metric}: ${source}`) };
    }
    case codes.externalAbort:
      return { kind: 'aborted' };
    case codes.scriptAborted:
    case codes.markedAsFailed:
      return { kind: 'gave-up', message };
    case codes.setupTimeout:
    case codes.teardownTimeout:
    case codes.genericTimeout:
    case codes.invalidConfig:
    case codes.scriptException:
      return { kind: 'script', message };
    default:
      // 255: the script could not be loaded at all, or a flag is unknown.
      return code === 255 ? { kind: 'script', message } : { kind: 'failed', message };
  }
}
