import type { CostPair } from './cost.ts';
import type { Assumptions, Rates } from './project.ts';

export function readShareOf({ reads, writes }: Rates): number {
  return reads / (reads + writes);
}

/**
 * Replicas that must take reads, when one server has `coresOfServer` at most: the primary takes all writes and reads with what is left of it;
 * each replica replays all writes and reads with what is left. Infinity when writes alone fill a server.
 */
export function replicasFor(
  { read, write }: CostPair,
  { reads, writes }: Rates,
  { coresOfServer, utilisation, replay }: Assumptions,
): number {
  const usable = coresOfServer * utilisation.server;
  const writing = writes * write;
  if (writing > usable) return Number.POSITIVE_INFINITY;
  const left = reads * read - (usable - writing);
  if (left <= 0) return 0;
  const each = usable - writing * replay;
  return each > 0 ? Math.ceil(left / each) : Number.POSITIVE_INFINITY;
}
