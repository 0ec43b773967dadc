import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStand, proveClaim, type Stand } from './hostile/bench.ts';
import { hostile } from './hostile/design.ts';

let stand: Stand;
beforeAll(async () => {
  stand = await openStand(hostile);
});
afterAll(() => stand?.close());

const ids = hostile.claims.map(({ id }) => id);
// Proved, not only held: each counterexample has names to quote too.
test.each(ids)('%s is proved', expectProved);

async function expectProved(id: string): Promise<void> {
  const proof = await stand.withCopy((bench) => proveClaim(bench, id));
  const baseline = proof.entries.find((entry) => entry.type === 'finding' && entry.trial === 'baseline');
  expect(baseline).toMatchObject({ breaches: [], unexercised: [] });
  expect(proof.entries.at(-1)).toEqual({ type: 'verdict', claim: id, verdict: 'proved' });
}
