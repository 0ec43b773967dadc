import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecoveryMeasures } from '../../../src/evidence/index.ts';
import { judgeMeasures } from '../../../src/recovery/judge.ts';
import type { Misplaced } from '../../../src/recovery/ledger/model.ts';
import { type MeasureInput, measure } from '../../../src/recovery/measures.ts';
import { type Mark, type MarkName, markNames } from '../../../src/recovery/model.ts';

const marksOf = (times: Partial<Record<MarkName, number>>): readonly Mark[] =>
  Object.entries(times).map(([name, at]) => ({ name: name as MarkName, says: name, at }));

const none: MeasureInput['lost'] = { count: 0, first: [] };
const misplaced = (acknowledged: number): Misplaced => ({
  writer: 1,
  number: 7,
  tenant: 2,
  sent: acknowledged - 3,
  acknowledged,
});

const failover = {
  'load-steady': 1_000,
  fault: 5_000,
  injected: 5_020,
  detected: 5_900,
  decided: 6_000,
  fenced: 6_100,
  promoted: 6_700,
  rerouted: 6_800,
  'first-good': 7_400,
  rejoined: 12_000,
};

function input(changes: Partial<MeasureInput> = {}): MeasureInput {
  return {
    marks: marksOf(failover),
    series: [],
    lost: none,
    ledgerBegan: -2_000,
    loses: 'nothing',
    recovered: { serving: true },
    targets: { rpo: 300_000, rto: 1_800_000 },
    ...changes,
  };
}

/** Ways that do not agree. */
const broken = (changes?: Partial<MeasureInput>) =>
  judgeMeasures(measure(input(changes)))
    .filter(({ agrees }) => !agrees)
    .map(({ subject, way }) => `${subject}: ${way}`);

describe('RTO of writes', () => {
  it('is from the fault to the first good write, with phases between the marks', () => {
    const { rto, injector } = measure(input());
    expect(rto).toEqual({
      from: 'fault',
      until: 'first-good',
      milliseconds: 2_400,
      target: 1_800_000,
      phases: [
        { name: 'detect', from: 5_000, to: 5_900 },
        { name: 'decide', from: 5_900, to: 6_000 },
        { name: 'fence', from: 6_000, to: 6_100 },
        { name: 'promote', from: 6_100, to: 6_700 },
        { name: 're-route', from: 6_700, to: 6_800 },
        { name: 'first good write', from: 6_800, to: 7_400 },
      ],
    });
    expect(injector).toBe(20);
  });

  it('has phases that add up to it, whatever marks there are and in whatever order they came', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...markNames), fc.nat(10_000))), (found) => {
        const times = { fault: 3_000, 'first-good': 8_000, ...Object.fromEntries(found) };
        times.fault = 3_000;
        times['first-good'] = 8_000;
        const { rto } = measure(input({ marks: marksOf(times) }));
        expect(rto?.milliseconds).toBe(5_000);
        let at = 3_000;
        for (const phase of rto?.phases ?? []) {
          expect(phase.from).toBe(at);
          expect(phase.to).toBeGreaterThanOrEqual(at);
          at = phase.to;
        }
        expect(at).toBe(8_000);
      }),
    );
  });

  it('that never came is broken, even where no RTO is promised', () => {
    const { 'first-good': _, ...never } = failover;
    const { rto } = measure(input({ marks: marksOf(never) }));
    expect(rto?.milliseconds).toBeUndefined();
    expect(rto?.phases.at(-1)?.name).toBe('re-route');
    expect(broken({ marks: marksOf(never), targets: {} })).toEqual(['RTO of writes: time']);
  });

  it('is judged by what is promised, to the millisecond', () => {
    expect(broken({ targets: { rto: 2_400 } })).toEqual([]);
    expect(broken({ targets: { rto: 2_399 } })).toEqual(['RTO of writes: time']);
  });

  it('is not asked for where nobody was led to what was recovered', () => {
    expect(measure(input({ recovered: { serving: false } })).rto).toBeUndefined();
  });
});

describe('RPO', () => {
  it('in time is fault − acknowledgement of the earliest lost commit, on the clock of the timeline', () => {
    // Acknowledged 6,000 ms after the ledger began, which was 2,000 ms before the drill.
    const { rpo } = measure(
      input({ lost: { count: 3, first: [misplaced(6_000)], earliest: 6_000 }, loses: 'rpo' }),
    );
    expect(rpo).toMatchObject({ records: 3, milliseconds: 1_000, split: 0 });
  });

  it('is 0 where nothing is lost', () => {
    expect(measure(input()).rpo).toMatchObject({ records: 0, milliseconds: 0 });
    expect(broken()).toEqual([]);
  });

  const lost = { count: 1, first: [misplaced(6_000)], earliest: 6_000 };

  it('allows no loss where none is allowed, nor where the design promises no RPO', () => {
    expect(broken({ lost })).toEqual(['RPO: records']);
    expect(broken({ lost, loses: 'rpo', targets: {} })).toEqual(['RPO: records']);
    expect(broken({ lost, loses: 'rpo' })).toEqual([]);
  });

  it('takes a loss of unknown age for as old as the ledger', () => {
    const all = { count: 900, first: [] };
    expect(measure(input({ lost: all })).rpo).toMatchObject({ records: 900, milliseconds: 7_000 });
    expect(broken({ lost: all, loses: 'rpo', targets: { rpo: 6_999 } })).toContain('RPO: records');
  });

  it('is exceeded by a commit that was acknowledged a millisecond too long ago', () => {
    expect(broken({ lost, loses: 'rpo', targets: { rpo: 1_000 } })).toEqual([]);
    expect(broken({ lost, loses: 'rpo', targets: { rpo: 999 } })).toEqual(['RPO: records', 'RPO: time']);
  });

  it('never excuses what the old primary acknowledged after the promotion', () => {
    const after = { count: 1, first: [misplaced(8_701)], earliest: 8_701 };
    expect(measure(input({ lost: after })).rpo).toMatchObject({ records: 1, milliseconds: 0, split: 1 });
    expect(broken({ lost: after, loses: 'rpo' })).toEqual(['RPO: split brain']);
    const before = { count: 1, first: [misplaced(8_700)], earliest: 8_700 };
    expect(broken({ lost: before, loses: 'rpo' })).toEqual([]);
  });

  it('has an exposure, the peak of its curve, judged without any loss', () => {
    const exposure = (unit: string, most: number) => [
      {
        name: 'exposure',
        unit,
        points: [
          [0, 1],
          [10, most],
          [20, 2],
        ] as const,
      },
    ];
    expect(measure(input({ series: exposure('ms', 61_000) })).rpo.exposure).toBe(61_000);
    expect(measure(input({ series: exposure('s', 61) })).rpo.exposure).toBe(61_000);
    expect(broken({ series: exposure('ms', 300_000) })).toEqual([]);
    expect(broken({ series: exposure('ms', 300_001) })).toEqual(['RPO: exposure']);
  });
});

describe('a restore', () => {
  const times = {
    fault: 1_000,
    declared: 3_000,
    fetched: 5_000,
    consistent: 5_500,
    'target-reached': 9_000,
    verified: 9_800,
  };
  const restored = { bytes: 200 * 1024 ** 2, segments: 8 };

  it('is counted from when it was asked for, with the rates of its phases', () => {
    const { restore, rto } = measure(
      input({ marks: marksOf(times), recovered: { serving: false, restored } }),
    );
    expect(rto).toBeUndefined();
    expect(restore).toMatchObject({
      from: 'declared',
      until: 'verified',
      milliseconds: 6_800,
      bytesPerSecond: 100 * 1024 ** 2,
      segmentsPerSecond: 2,
    });
    expect(restore?.phases.map(({ name, from, to }) => [name, to - from])).toEqual([
      ['fetch', 2_000],
      ['replay to consistency', 500],
      ['replay to target', 3_500],
      ['verify', 800],
    ]);
  });

  it('ends when it serves, whatever is verified after that', () => {
    const marks = marksOf({ ...times, serving: 9_200, 'first-good': 9_300 });
    const measures = measure(input({ marks, recovered: { serving: true, restored } }));
    expect(measures.restore).toMatchObject({ until: 'serving', milliseconds: 6_200 });
    expect(measures.rto).toMatchObject({ milliseconds: 8_300 });
  });

  it('that ended before its target is broken', () => {
    const { 'target-reached': _, verified: __, ...short } = times;
    expect(broken({ marks: marksOf(short), recovered: { serving: false, restored }, targets: {} })).toEqual([
      'restore: time',
    ]);
  });
});

describe('measures', () => {
  it('fit the evidence', () => {
    expect(RecoveryMeasures.safeParse(measure(input())).error).toBeUndefined();
  });

  it('cannot be taken of a timeline without a fault', () => {
    expect(() => measure(input({ marks: marksOf({ 'first-good': 3 }) }))).toThrow(/without the mark fault/);
  });
});
