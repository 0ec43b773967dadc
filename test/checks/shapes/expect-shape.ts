import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { proveClaim, tryClaim } from '../hostile/bench.ts';
import type { Shape } from './shape.ts';
import { openShapes, type ShapeStand } from './stand.ts';

/** Each shape's claims are proved, and refuted by name once it is broken. */
export function describeShapes(shapes: readonly Shape[]): { readonly stand: () => ShapeStand } {
  let stand: ShapeStand;
  beforeAll(async () => {
    stand = await openShapes();
  });
  afterAll(() => stand?.close());
  describe.each(shapes.map((shape) => [shape.says, shape] as const))('%s', (_, shape) => {
    const proved = async (claim: string) => {
      const { entries, verdict } = await proveClaim(await stand.open(shape), `s.rls.${claim}`);
      const baseline = entries.find((entry) => entry.type === 'finding');
      expect(baseline).toMatchObject({ breaches: [], unexercised: [] });
      expect({ verdict, last: entries.at(-1) }).toMatchObject({ verdict: 'proved' });
    };
    test.each(shape.proved)('%s is proved', proved);
    for (const { claim, because } of shape.short ?? [])
      test.fails(`${claim} is not proved yet: ${because}`, () => proved(claim));
    test.each(shape.broken.map((each) => [each.says, each] as const))(
      'is refuted: %s',
      async (_, { sql, claim, object }) => {
        const result = await tryClaim(await stand.open(shape, sql), `s.rls.${claim}`);
        expect(result.outcome).toBe('broken');
        expect(result.breaches.map((breach) => breach.object).join()).toMatch(object);
        for (const breach of result.breaches) expect(breach.expected).not.toBe(breach.actual);
      },
    );
  });
  return { stand: () => stand };
}
