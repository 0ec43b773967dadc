import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Pulse } from '../../../src/recovery/ledger/pulse.ts';

/** An acknowledgement or something that went wrong, so long after the one before. */
const happening = fc.record({ after: fc.integer({ min: 0, max: 1500 }), good: fc.boolean() });
type Happening = { readonly after: number; readonly good: boolean };

function timed(happenings: readonly Happening[]): readonly { at: number; good: boolean }[] {
  let at = 0;
  return happenings.map(({ after, good }) => {
    at += after;
    return { at, good };
  });
}

/** As it is defined, by trying each acknowledgement. */
function naive(
  all: readonly { at: number; good: boolean }[],
  since: number,
  forMs: number,
  now: number,
): number | undefined {
  for (const [index, first] of all.entries()) {
    if (!first.good || first.at <= since) continue;
    const rest = all.slice(index);
    const good = rest.filter((each) => each.good).map((each) => each.at);
    const gaps = [...good, now].some((at, n) => n > 0 && at - (good[n - 1] ?? 0) > 1000);
    if (rest.every((each) => each.good) && !gaps) return now - first.at >= forMs ? first.at : undefined;
  }
  return undefined;
}

describe('when writes are good again', () => {
  test('is as by trying each acknowledgement', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { maxLength: 30 }),
        fc.integer({ min: 0, max: 12_000 }),
        fc.integer({ min: 0, max: 3000 }),
        fc.integer({ min: 0, max: 1500 }),
        (happenings, since, forMs, later) => {
          const all = timed(happenings);
          const pulse = new Pulse();
          for (const { at, good } of all) good ? pulse.acknowledged(at) : pulse.broken();
          const now = (all.at(-1)?.at ?? 0) + later;
          expect(pulse.goodSince(since, forMs, now)).toEqual(naive(all, since, forMs, now));
        },
      ),
    );
  });

  test('is known though more came than are kept', () => {
    const pulse = new Pulse();
    for (let at = 0; at < 400_000; at++) pulse.acknowledged(at / 10);
    expect(pulse.goodSince(35_000, 1000, 40_000)).toBeCloseTo(35_000.1);
    // Longer ago than is kept: not before it was seen to be so.
    expect(pulse.goodSince(1, 1000, 40_000)).toBeGreaterThan(1);
    expect(pulse.rate(1000, 40_000)).toBeCloseTo(10_000, -2);
    expect(pulse.rate(39_000, 40_000)).toBeCloseTo(10_000, -2);
  });
});

test('the rate is of the time asked for', () => {
  const pulse = new Pulse();
  expect(pulse.rate(1000, 5000)).toBe(0);
  for (const at of [100, 200, 4500, 4600, 4700]) pulse.acknowledged(at);
  expect(pulse.rate(1000, 5000)).toBe(3);
  expect(pulse.rate(5000, 5000)).toBe(1);
  expect(pulse.last).toBe(4700);
});
