import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, monthsBefore, readDay, weekday, writeDay } from '../../../src/recovery/retention/calendar.ts';
import { baseFor, daysMade, keptOn, limitOf } from '../../../src/recovery/retention/policy.ts';

const days = fc.integer({ min: readDay('1990-01-01'), max: readDay('2100-01-01') });

describe('calendar', () => {
  test('days are read and written', () => {
    fc.assert(
      fc.property(days, (day) => {
        expect(readDay(writeDay(day))).toBe(day);
      }),
    );
    expect(dayOf(new Date('2028-02-29T23:59:59Z'))).toBe(readDay('2028-02-29'));
    for (const wrong of ['2028-02-30', '2027-02-29', '28-02-01', 'soon'])
      expect(() => readDay(wrong)).toThrow();
  });

  test('weekdays begin with Monday', () => {
    expect(
      ['2028-02-28', '2028-03-05', '1970-01-01', '1969-12-28'].map((day) => weekday(readDay(day))),
    ).toEqual([1, 7, 4, 7]);
  });

  test.each([
    ['2028-03-31', 1, '2028-02-29'],
    ['2027-03-31', 1, '2027-02-28'],
    ['2028-02-29', 12, '2027-02-28'],
    ['2028-01-01', 12, '2027-01-01'],
    ['2028-01-15', 13, '2026-12-15'],
  ])('%s less %d months is %s', (day, months, before) => {
    expect(writeDay(monthsBefore(readDay(day), months))).toBe(before);
  });
});

describe('policy', () => {
  const keep = fc.record({
    amount: fc.integer({ min: 1, max: 30 }),
    unit: fc.constantFrom('days' as const, 'weeks' as const, 'months' as const),
  });

  test('what is as old as the limit stays, and what is a day older goes', () => {
    fc.assert(
      fc.property(days, keep, (today, kept) => {
        const limit = limitOf(today, kept);
        expect([keptOn(today, limit, kept), keptOn(today, limit - 1, kept)]).toEqual([true, false]);
      }),
    );
  });

  test('backups lie on both sides of the limit, whatever the rhythm, and none is of today', () => {
    fc.assert(
      fc.property(
        days,
        keep,
        fc.constantFrom('daily' as const, 'weekly' as const, 'monthly' as const),
        (today, kept, rhythm) => {
          const made = daysMade(today, rhythm, kept);
          const limit = limitOf(today, kept);
          if (kept.unit !== 'months') expect(made).toEqual(expect.arrayContaining([limit - 1, limit]));
          expect(made.some((day) => !keptOn(today, day, kept))).toBe(true);
          expect(Math.max(...made)).toBeLessThan(today);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('the base of a recovery is the newest that is old enough', () => {
    expect(baseFor(10, [3, 17, 10, 9])).toBe(10);
    expect(baseFor(10, [11, 12])).toBeUndefined();
  });
});
