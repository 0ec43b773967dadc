import type { Series } from './model.ts';

/** What `summaryOf` tells of a ledger: points of milliseconds since it began and commits a second. */
export interface LedgerRates {
  readonly acknowledged: Series['points'];
  /** Failed, or left without an answer. */
  readonly failed: Series['points'];
}

/**
 * What a ledger says of a drill, as the curves `commits` and `errors` of its timeline.
 *
 * @param ledgerBegan where on the timeline the ledger's clock began, in milliseconds
 */
export function ledgerCurves({ acknowledged, failed }: LedgerRates, ledgerBegan: number): readonly Series[] {
  const moved = (points: Series['points']) => points.map(([at, value]) => [at + ledgerBegan, value] as const);
  return [
    { name: 'commits', unit: 'commits/s', points: moved(acknowledged) },
    { name: 'errors', unit: 'errors/s', points: moved(failed) },
  ];
}
