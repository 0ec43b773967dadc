import type { Fault } from '../fault.ts';

/** A primary that gets a part of the time: what a machine too small, or a neighbour on it, does to a server. */
export function serverThrottled(share = 0.1): Fault {
  let end: (() => Promise<void>) | undefined;
  return {
    kind: 'server-throttled',
    name: `server-throttled ${share}`,
    object: 'the primary',
    says: `the primary gets ${Math.round(share * 100)} % of a processor's time`,
    scope: 'cluster',
    inject: async ({ cluster }) => {
      if (cluster === undefined) throw new Error('no cluster to throttle');
      end = await cluster.primary.service.throttle(share);
    },
    heal: async () => {
      await end?.();
      end = undefined;
    },
  };
}
