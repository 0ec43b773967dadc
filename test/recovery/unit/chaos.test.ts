import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomOf } from '../../../src/load/capacity/random.ts';
import { possible, type Reach, scheduleOf, stepMs } from '../../../src/recovery/chaos/schedule.ts';
import { actionNames, parseSteps, type Step, saySteps } from '../../../src/recovery/chaos/step.ts';

const all: Reach = { replicas: 3, pooler: true, archive: true, freeze: true, cutOff: true };
const none: Reach = { replicas: 0, pooler: false, archive: false, freeze: false, cutOff: false };

const reach = fc.record<Reach>({
  replicas: fc.integer({ min: 0, max: 5 }),
  pooler: fc.boolean(),
  archive: fc.boolean(),
  freeze: fc.boolean(),
  cutOff: fc.boolean(),
});
const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const step = fc.record<Step>({
  after: fc.integer({ min: 0, max: 600_000 }),
  action: fc.constantFrom(...actionNames),
  lasts: fc.integer({ min: 0, max: 600_000 }),
  which: fc.integer({ min: 0, max: 999 }),
});

describe('a schedule', () => {
  test('is decided by its seed, and a longer one begins with a shorter one', () => {
    fc.assert(
      fc.property(seed, reach, fc.integer({ min: 0, max: 600_000 }), (seed, reach, lengthMs) => {
        const short = scheduleOf(randomOf(seed), lengthMs, reach);
        const long = scheduleOf(randomOf(seed), 2 * lengthMs, reach);
        expect(long.slice(0, short.length)).toEqual(short);
      }),
    );
  });

  test('takes as long as it is asked to, and no step more', () => {
    fc.assert(
      fc.property(seed, reach, fc.integer({ min: 1, max: 600_000 }), (seed, reach, lengthMs) => {
        const times = scheduleOf(randomOf(seed), lengthMs, reach).map(stepMs);
        const total = times.reduce((sum, each) => sum + each, 0);
        expect(total).toBeGreaterThanOrEqual(lengthMs);
        expect(total - (times.at(-1) ?? 0)).toBeLessThan(lengthMs);
      }),
    );
  });

  test('holds only what is possible, on replicas that there are', () => {
    fc.assert(
      fc.property(seed, reach, (seed, reach) => {
        for (const { action, which } of scheduleOf(randomOf(seed), 120_000, reach)) {
          expect(possible(reach)).toContain(action);
          expect(which).toBeLessThan(Math.max(1, reach.replicas));
        }
      }),
    );
  });

  test('differs from seed to seed, and comes to every action in time', () => {
    const texts = Array.from({ length: 50 }, (_, seed) => saySteps(scheduleOf(randomOf(seed), 60_000, all)));
    expect(new Set(texts).size).toBe(50);
    const drawn = new Set(scheduleOf(randomOf(1), 20 * 60_000, all).map(({ action }) => action));
    expect([...drawn].toSorted()).toEqual([...actionNames].toSorted());
    expect(possible(none)).toEqual(['crash-and-restart']);
  });

  test('of a seed stays what it is: a seed in somebody’s notes must go on meaning the same', () => {
    expect(saySteps(scheduleOf(randomOf(7), 15_000, all))).toMatchInlineSnapshot(
      `"kill-and-fail-over@370,cut-replica@2160+2330#1"`,
    );
  });
});

describe('steps as text', () => {
  test('are read as they are written', () => {
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), (steps) => {
        expect(parseSteps(saySteps(steps))).toEqual(steps);
      }),
    );
    expect(parseSteps('crash-and-restart@5\n restart-replica@10+20#1\n')).toEqual([
      { action: 'crash-and-restart', after: 5, lasts: 0, which: 0 },
      { action: 'restart-replica', after: 10, lasts: 20, which: 1 },
    ]);
  });

  test.each([
    ['', 'no steps'],
    ['crash', "'crash' is no step"],
    ['explode@5', "'explode@5' is no step"],
    ['crash-and-restart@-5', "'crash-and-restart@-5' is no step"],
    ['crash-and-restart@5,toString@5', "'toString@5' is no step"],
    ['freeze-and-thaw@5+600001', 'takes too long'],
  ])('%j is refused', (text, says) => {
    expect(() => parseSteps(text, '--steps')).toThrow(says);
  });
});
