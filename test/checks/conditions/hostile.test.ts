import { afterAll, beforeAll, expect, test } from 'vitest';
import { coverageOn } from '../../../src/scenarios/coverage.ts';
import { openStand, type Stand } from '../hostile/bench.ts';
import { hostile } from '../hostile/design.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

test('names that need quoting, composite keys and partitions: everything is computed and rows are made', async () => {
  const report = await stand.withCopy((bench) =>
    coverageOn(bench, {
      seed: 1,
      scale: 1,
      boundary: true,
      signal: new AbortController().signal,
      onEvent: () => {},
    }),
  );
  expect(report.entries.filter(({ failed }) => failed !== null)).toEqual([]);
  expect(report.entries.length).toBeGreaterThan(40);
  expect(report.confirmed).toBe((report.boundary ?? []).filter(({ reason }) => reason === null).length);
});
