import type { LedgerComparison, Misplaced } from '../../recovery/ledger/model.ts';
import type { Seen } from '../../recovery/model.ts';

const one = ({ writer, number, tenant }: Misplaced) => `${number} of writer ${writer}, tenant ${tenant}`;

/** What the ledger says of the recovered database, line by line. */
export function seenOfLedger(found: LedgerComparison): readonly Seen[] {
  const { counts, lost } = found;
  const statement = 'SELECT writer, number FROM pgattest_ledger.entry ORDER BY writer, number';
  const tried = counts.acknowledged;
  const none = (way: string, what: string, list: { count: number; first: readonly Misplaced[] }): Seen => ({
    subject: 'ledger',
    way,
    statement,
    expected: 'none',
    actual:
      list.count === 0
        ? 'none'
        : `${list.count} ${what}, the first ${list.first.slice(0, 3).map(one).join('; ')}`,
    agrees: list.count === 0,
    tried,
  });
  return [
    {
      subject: 'ledger',
      way: 'what clients were told',
      statement,
      expected: 'some commits',
      actual: `${counts.acknowledged} acknowledged, ${counts.failed} failed, ${counts.indeterminate} without an answer; ${found.found} are there${
        lost.count === 0
          ? ''
          : `, lost are ${lost.first.slice(0, 3).map(one).join('; ')}${lost.count > 3 ? ' …' : ''}`
      }`,
      agrees: counts.acknowledged > 0,
      tried: counts.acknowledged,
    },
    none(
      'commits that nobody was to find',
      'that failed, were never sent or came after the moment',
      found.phantom,
    ),
    none('commits that are there more than once', 'are there more than once', found.duplicate),
    none('commits in another order than they were made', 'stand in another order', found.reordered),
    none('commits that are there in part', 'are there in part', found.torn),
    ...found.invariants.map(
      ({ says, holds, actual }): Seen => ({
        subject: 'ledger',
        way: says,
        statement: 'pgattest_ledger',
        expected: 'it holds',
        actual,
        agrees: holds,
      }),
    ),
  ];
}
