import type { Pooler } from '../../cluster/pooler.ts';
import type { CheckContext } from '../check.ts';
import { type PoolerNumbers, poolerNumbers } from './pooler-numbers.ts';

export const connectionsSql = 'SELECT count(*)::int AS connections FROM pg_stat_activity WHERE usename = $1';

export interface Peak extends Pick<PoolerNumbers, 'waiting' | 'longestWaitMs'> {
  readonly connections: number;
  readonly looks: number;
}

export interface Watch {
  /** The pool opens no more connections, or has opened too many. */
  readonly settled: Promise<void>;
  stop(): void;
  readonly peak: Promise<Peak>;
}

/** Opening a connection takes a pooler some milliseconds; for so long it has opened none. */
const settledMs = 1_000;

/** Looks at server and pooler again and again while clients are at it. */
export function watchPeak(
  { session, design }: CheckContext,
  pooler: Pooler,
  entry: string,
  atMost: number,
): Watch {
  let settle = () => {};
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  let going = true;
  const watch = async (): Promise<Peak> => {
    let peak: Peak = { connections: 0, waiting: 0, longestWaitMs: 0, looks: 0 };
    let grew = performance.now();
    // Once more at the end, when all connections that were opened are still there.
    for (let last = false; !last; ) {
      last = !going;
      const [row] = await session.query(connectionsSql, [design.request.role]);
      const { waiting, longestWaitMs } = await poolerNumbers(pooler, entry);
      const connections = Number(row?.connections);
      if (connections > peak.connections) grew = performance.now();
      peak = {
        connections: Math.max(peak.connections, connections),
        waiting: Math.max(peak.waiting, waiting),
        longestWaitMs: Math.max(peak.longestWaitMs, longestWaitMs),
        looks: peak.looks + 1,
      };
      if (peak.connections > atMost || performance.now() - grew > settledMs) settle();
    }
    return peak;
  };
  const peak = watch();
  // A look that fails is told when the peak is asked for; nobody may wait for it until then.
  peak.catch(() => settle());
  return {
    settled,
    stop: () => {
      going = false;
    },
    peak,
  };
}
