import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayOf, monthsBefore, readDay, weekday, writeDay } from '../../../src/recovery/retention/calendar.ts';
import { baseFor, daysMade, keptOn, limitOf } from '../../../src/recovery/retention/policy.ts';
import { keptBackups } from '../../../src/recovery/retention/repository.ts';

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

describe('repository', () => {
  const chain = (...labels: readonly string[]) =>
    labels.map((label, index) => {
      const kind = label.startsWith('F') ? 'full' : label.startsWith('D') ? 'differential' : 'incremental';
      const [own = '', prior] = label.split('<');
      return {
        label: own,
        kind: kind as 'full' | 'differential' | 'incremental',
        at: new Date(Date.UTC(2028, 0, 1 + index)),
        ...(prior === undefined ? {} : { prior }),
      };
    });
  const all = chain('F1', 'D1<F1', 'I1<D1', 'F2', 'D2<F2', 'I2<D2', 'D3<F2', 'I3<D3', 'F3');
  const labels = (...given: Parameters<typeof keptBackups>) =>
    keptBackups(...given).map(({ label }) => label);

  test('full ones are counted, and what builds on them goes with them', () => {
    expect(labels(all, { full: 2 })).toEqual(['F2', 'D2', 'I2', 'D3', 'I3', 'F3']);
    expect(labels(all, { full: 1 })).toEqual(['F3']);
    expect(labels(all, { full: 9 })).toEqual(all.map(({ label }) => label));
  });

  test('differential ones are counted with the full ones', () => {
    expect(labels(all, { full: 2, differential: 2 })).toEqual(['F2', 'D3', 'I3', 'F3']);
    expect(labels(all, { full: 2, differential: 1 })).toEqual(['F2', 'F3']);
  });

  test('by time, the newest that is old enough stays', () => {
    const at = (day: number) => new Date(Date.UTC(2028, 0, day, 12));
    expect(labels(all, { days: 30 }, at(31))).toEqual(all.map(({ label }) => label));
    expect(labels(all, { days: 30 }, at(36))).toEqual(['F2', 'D2', 'I2', 'D3', 'I3', 'F3']);
    expect(labels(all, { days: 30 }, at(60))).toEqual(['F3']);
  });
});
