import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

/**
 * A primary that gets a part of the time: what a machine too small, or a neighbour on it, does to a server.
 *
 * @param runsMs how long it runs in each period; no client may take it for dead meanwhile
 */
export function serverThrottled(share = 0.1, runsMs = 10): Fault {
  const frozenMs = Math.round(runsMs / share - runsMs);
  let throttling: { stop: boolean; done: Promise<void> } | undefined;
  return {
    kind: 'server-throttled',
    name: `server-throttled ${share}`,
    object: 'the primary',
    says: `the primary runs ${Math.round(share * 100)} % of the time: frozen for ${frozenMs} ms, then let run for ${runsMs} ms`,
    scope: 'cluster',
    inject: async ({ cluster }) => {
      if (cluster === undefined) throw new Error('no cluster to throttle');
      const { service } = cluster.primary;
      const state = { stop: false, done: Promise.resolve() };
      const throttle = async () => {
        try {
          while (!state.stop) {
            await service.freeze();
            await delay(frozenMs);
            await service.thaw();
            await delay(runsMs);
          }
        } finally {
          await service.thaw();
        }
      };
      state.done = throttle();
      // What goes wrong in it is thrown when it is healed.
      state.done.catch(() => undefined);
      throttling = state;
    },
    heal: async () => {
      const state = throttling;
      throttling = undefined;
      if (state === undefined) return;
      state.stop = true;
      await state.done;
    },
  };
}
