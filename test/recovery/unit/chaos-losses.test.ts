import { expect, test } from 'vitest';
import { lossesOf } from '../../../src/recovery/chaos/losses.ts';

const failovers = [
  { from: 1_000, to: 3_000 },
  { from: 10_000, to: 12_000 },
];
const lostAt = (...times: readonly number[]) => ({
  count: times.length,
  first: times.map((acknowledged, number) => ({ writer: 0, number, tenant: 0, acknowledged })),
});

test('what is lost is as old as it was at the failover that comes next', () => {
  expect(lossesOf(lostAt(), failovers)).toEqual({ records: 0, oldest: 0 });
  expect(lossesOf(lostAt(900, 950), failovers)).toEqual({ records: 2, oldest: 100 });
  // Acknowledged while the first went on; before the second.
  expect(lossesOf(lostAt(1_500), failovers).oldest).toBe(0);
  expect(lossesOf(lostAt(900, 9_000), failovers).oldest).toBe(1_000);
  expect(lossesOf({ ...lostAt(9_900), count: 500, earliest: 400 }, failovers).oldest).toBe(600);
});

test('a loss that no failover explains is without bound', () => {
  expect(lossesOf(lostAt(12_001), failovers).oldest).toBe(Number.POSITIVE_INFINITY);
  expect(lossesOf(lostAt(5), []).oldest).toBe(Number.POSITIVE_INFINITY);
  expect(lossesOf({ count: 3, first: [] }, failovers).oldest).toBe(1_000);
});
