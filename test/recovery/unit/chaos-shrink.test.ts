import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shrink } from '../../../src/recovery/chaos/shrink.ts';

/** Fails where all of the needed are in it, in any place. */
const needing = (needed: readonly number[]) => async (sequence: readonly number[]) =>
  needed.every((each) => sequence.includes(each));

const numbers = (length: number) => Array.from({ length }, (_, n) => n);

test('what fails by some of its parts together comes down to these, in their order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 40 }).chain((length) =>
        fc.record({
          length: fc.constant(length),
          needed: fc.subarray(numbers(length), { minLength: 1, maxLength: Math.min(4, length) }),
        }),
      ),
      async ({ length, needed }) => {
        const { shortest, minimal } = await shrink(numbers(length), needing(needed), 10_000);
        expect(shortest).toEqual(needed);
        expect(minimal).toBe(true);
      },
    ),
  );
});

test('whatever makes it fail, no single part can be left out of what is called minimal', async () => {
  await fc.assert(
    fc.asyncProperty(fc.func(fc.boolean()), fc.integer({ min: 2, max: 12 }), async (odd, length) => {
      const whole = numbers(length);
      const fails = async (sequence: readonly number[]) => sequence.length === length || odd(sequence);
      const { shortest, minimal } = await shrink(whole, fails, 10_000);
      expect(minimal).toBe(true);
      expect(await fails(shortest)).toBe(true);
      if (shortest.length === 1) return;
      for (const left of shortest) expect(await fails(shortest.filter((each) => each !== left))).toBe(false);
    }),
  );
});

test('equal parts are parts of their own, and nothing is tried twice, nor a sequence of nothing', async () => {
  const seen: string[] = [];
  const { shortest } = await shrink(
    ['a', 'a', 'b', 'a', 'a'],
    async (sequence) => {
      expect(sequence.length).toBeGreaterThan(0);
      seen.push(sequence.join(''));
      return sequence.filter((each) => each === 'a').length >= 2;
    },
    100,
  );
  expect(shortest).toEqual(['a', 'a']);
  expect(seen.length).toBeLessThan(12);
});

test('tries are bounded, and then it says that it may not be the shortest', async () => {
  let calls = 0;
  const fails = async (sequence: readonly number[]) => {
    calls++;
    return [3, 60].every((each) => sequence.includes(each));
  };
  const { shortest, tries, minimal } = await shrink(numbers(64), fails, 5);
  expect({ calls, tries, minimal }).toEqual({ calls: 5, tries: 5, minimal: false });
  expect(shortest).toContain(3);
  expect(shortest).toContain(60);
  expect(await shrink([1], fails, 0)).toEqual({ shortest: [1], tries: 0, minimal: true });
});
