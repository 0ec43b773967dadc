import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostile } from './hostile/design.ts';
import { openStand, type Stand, tryClaim } from './hostile/bench.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

test.each(hostile.claims.map(({ id }) => id))('%s holds', async (id) => {
  const result = await stand.withCopy((bench) => tryClaim(bench, id));
  expect(result.breaches).toEqual([]);
  expect(result.unexercised).toEqual([]);
  expect(result.outcome).toBe('held');
});
