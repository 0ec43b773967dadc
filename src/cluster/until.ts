import { setTimeout as delay } from 'node:timers/promises';

/**
 * Waits until `holds` says true, asking at growing intervals (2 ms to 100 ms). False when the limit passed first.
 * An aborted signal throws its reason.
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const end = performance.now() + limitMs;
  for (let wait = 2; ; wait = Math.min(wait * 1.6, 100)) {
    signal?.throwIfAborted();
    if (await holds()) return true;
    if (performance.now() >= end) return false;
    await delay(wait);
  }
}
