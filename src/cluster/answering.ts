import type { Service } from './host.ts';
import { until } from './until.ts';

/** How a service that was started is: it answers, it ended before it did, or it does neither in time. */
export type Answering =
  | { readonly state: 'answers' }
  | { readonly state: 'ended' }
  | { readonly state: 'silent'; readonly last: unknown };

/** Asks a service again and again until it answers, has ended, or the time is up. `ask` throws as long as it does not answer. */
export async function answering(
  service: Service,
  ask: () => Promise<unknown>,
  limitMs: number,
  signal?: AbortSignal,
): Promise<Answering> {
  let ended = false;
  void service.exited.then(() => {
    ended = true;
  });
  let last: unknown;
  const up = await until(
    async () => {
      if (ended) return true;
      try {
        await ask();
        return true;
      } catch (error) {
        last = error;
        return false;
      }
    },
    limitMs,
    signal,
  );
  if (ended) return { state: 'ended' };
  return up ? { state: 'answers' } : { state: 'silent', last };
}
