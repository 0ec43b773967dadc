import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Claim } from '../../../src/design/design.ts';
import { openStand, proveClaim, type Stand, tryClaim } from '../hostile/bench.ts';
import { shop } from './design.ts';

/** Something broken, the claim that it refutes, and the object and sentence of the breach. */
export type Broken = readonly [sql: string, claim: string, object: string, says: RegExp];

type Checks = Readonly<Record<string, NonNullable<Claim['check']>>>;

/** Tests a kind: every claim is proved, with all its counterexamples, and each thing broken is called by its name. */
export function testKind(checks: Checks, broken: readonly Broken[]): () => Stand {
  let stand: Stand;
  beforeAll(async () => {
    stand = await openStand(shop(checks));
  });
  afterAll(() => stand?.close());

  test.each(Object.keys(checks).filter((id) => !id.startsWith('not.')))('%s is proved', async (id) => {
    const { entries } = await stand.withCopy((bench) => proveClaim(bench, id));
    const baseline = entries.find((entry) => entry.type === 'finding' && entry.trial === 'baseline');
    expect(baseline).toMatchObject({ breaches: [], unexercised: [] });
    expect(entries.at(-1)).toMatchObject({ verdict: 'proved' });
    expect(entries.some(({ type }) => type === 'counterexample')).toBe(true);
  });

  test.each(broken)('%s', async (sql, id, object, says) => {
    await stand.withCopy(async (bench) => {
      const { outcome, breaches } = await tryClaim(bench, id);
      expect(outcome).toBe('broken');
      expect(breaches.map((each) => each.object)).toContain(object);
      const breach = breaches.find((each) => each.object === object);
      expect(breach?.says).toMatch(says);
      expect(breach?.says).not.toContain('\n');
      expect(breach?.expected).not.toBe(breach?.actual);
      const reproduce = breach?.reproduce;
      if (reproduce === undefined) return;
      // A query that fails is seen again by its failing.
      const run = bench.client.query(reproduce);
      await (/fails/.test(breach?.says ?? '') ? expect(run).rejects.toThrow() : run);
    }, sql);
  });
  return () => stand;
}
