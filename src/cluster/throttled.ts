import { setTimeout as delay } from 'node:timers/promises';
import type { Service } from './host.ts';

/** So short that no client takes a server for dead, so long that stopping and starting is not all that is done. */
const periodMs = 100;

/**
 * Freezes a service for all of each period but a share, for hosts that cannot ration a processor. With several processes at work the
 * share is of the time of each. What goes wrong meanwhile is thrown when it is ended.
 */
export function throttled(service: Pick<Service, 'freeze' | 'thaw'>, share: number): () => Promise<void> {
  const runsMs = Math.max(1, periodMs * share);
  let going = true;
  const throttle = async () => {
    try {
      while (going) {
        await service.freeze();
        await delay(periodMs - runsMs);
        await service.thaw();
        await delay(runsMs);
      }
    } finally {
      await service.thaw();
    }
  };
  const done = throttle();
  done.catch(() => undefined);
  return async () => {
    going = false;
    await done;
  };
}
