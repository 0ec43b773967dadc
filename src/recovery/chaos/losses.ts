import type { LedgerBreak } from '../ledger/compare.ts';
import type { LedgerComparison } from '../ledger/model.ts';

export interface Losses {
  readonly records: number;
  /**
   * The largest (fault − acknowledgement) of a lost commit and the failover that it was lost by, in milliseconds; 0 for one that was
   * acknowledged after that fault. Infinite where no failover came after the commit: nothing explains such a loss.
   */
  readonly oldest: number;
}

/**
 * How old what was lost was when it was lost. Of the first hundred, and of the earliest of all.
 *
 * @param failovers on the ledger's clock, as `lost` is
 */
export function lossesOf(lost: LedgerComparison['lost'], failovers: readonly LedgerBreak[]): Losses {
  const acknowledged = [
    ...lost.first.map(({ acknowledged = 0 }) => acknowledged),
    ...(lost.earliest === undefined ? [] : [lost.earliest]),
  ];
  // Nobody knows when: then it is as old as the ledger.
  if (lost.count > 0 && acknowledged.length === 0) acknowledged.push(0);
  const ages = acknowledged.map((at) => {
    const by = failovers.find(({ to }) => at <= to);
    return by === undefined ? Number.POSITIVE_INFINITY : Math.max(0, by.from - at);
  });
  return { records: lost.count, oldest: Math.max(0, ...ages) };
}
