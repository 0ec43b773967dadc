import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullRate } from '../../../src/recovery/full-rate.ts';
import type { Series } from '../../../src/recovery/model.ts';

/** A rate for each tenth of a second from 0. */
const commits = (rates: readonly number[]): Series => ({
  name: 'commits',
  unit: 'commits/s',
  points: rates.map((rate, index) => [index * 100, rate]),
});
const times = (count: number, rate: number): number[] => Array.from({ length: count }, () => rate);

describe('full rate', () => {
  it('is reached with the first second at 95 % of the rate before the fault', () => {
    const rates = [...times(50, 1_000), ...times(20, 0), ...times(10, 500), ...times(20, 960)];
    expect(fullRate(commits(rates), { fault: 5_000, since: 7_000 })).toEqual({
      before: 1_000,
      needed: 950,
      at: 8_000,
    });
  });

  it('is not reached by 94 %, nor by less than a second', () => {
    const before = times(50, 1_000);
    const since = 5_000;
    expect(fullRate(commits([...before, ...times(30, 940)]), { fault: 5_000, since })?.at).toBeUndefined();
    expect(fullRate(commits([...before, ...times(9, 1_000)]), { fault: 5_000, since })?.at).toBeUndefined();
    expect(fullRate(commits([...before, ...times(10, 1_000)]), { fault: 5_000, since })?.at).toBe(5_000);
  });

  it('is not reached where writes were never good again', () => {
    expect(fullRate(commits(times(80, 1_000)), { fault: 5_000 })).toEqual({ before: 1_000, needed: 950 });
  });

  it('compares with the steady load before the fault alone: no start, nothing of long ago, no point that the fault is in', () => {
    const started = [...times(20, 10), ...times(30, 1_000), 50];
    expect(fullRate(commits(started), { steady: 2_000, fault: 5_050 })?.before).toBe(1_000);
    const long = [...times(100, 3_000), ...times(100, 1_000)];
    expect(fullRate(commits(long), { fault: 20_000 })?.before).toBe(1_000);
  });

  it('is unknown without a rate to compare with', () => {
    expect(fullRate(commits(times(50, 0)), { fault: 2_000 })).toBeUndefined();
    expect(fullRate(commits(times(50, 7)), { fault: 0 })).toBeUndefined();
    expect(fullRate(commits([]), { fault: 2_000 })).toBeUndefined();
  });

  it('is what looking at each second by itself finds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 5, maxLength: 60 }), (after) => {
        const rates = [...times(10, 20), ...after];
        const expected = after
          .map((_, index) => 10 + index)
          .find((at) => {
            const second = rates.slice(at, at + 10);
            return second.length === 10 && second.reduce((sum, rate) => sum + rate, 0) / 10 >= 19;
          });
        const found = fullRate(commits(rates), { fault: 1_000, since: 1_000 })?.at;
        expect(found).toBe(expected === undefined ? undefined : expected * 100);
      }),
    );
  });
});
