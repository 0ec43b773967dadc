import { afterAll, beforeAll, expect, test } from 'vitest';
import { hostile } from './hostile/design.ts';
import { openStand, proveClaim, type Stand } from './hostile/bench.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

// Proved, not only held: each counterexample has names to quote too.
test.each(hostile.claims.map(({ id }) => id))('%s is proved', async (id) => {
  const proof = await stand.withCopy((bench) => proveClaim(bench, id));
  expect(proof.entries.flatMap((entry) => (entry.type === 'finding' && entry.trial === 'baseline' ? entry.breaches : []))).toEqual([]);
  expect(proof.entries.at(-1)).toEqual({ type: 'verdict', claim: id, verdict: 'proved' });
});
