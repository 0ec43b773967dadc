import { ClusterError } from '../../../cluster/error.ts';
import type { Scene } from '../../model.ts';

/** A signal for what a counterexample may make wait for ever: it ends with the drill, and when the time is up. */
export function patienceOf({ signal, hurried }: Scene, limitMs: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(hurried ? Math.min(limitMs, 40_000) : limitMs)]);
}

/**
 * What a backup or a restore said when it could not be: the tool's words, or that its time was up. Anything else is thrown on, and so
 * is the end of the drill.
 */
export function wordsOf(error: unknown, { signal }: Scene): string {
  signal.throwIfAborted();
  if (error instanceof ClusterError) return error.message;
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'its time was up';
  throw error;
}
