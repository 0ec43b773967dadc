import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type JudgeInput, judge, type MeasuredRun } from '../../../src/load/judge/index.ts';
import { Collector } from '../../../src/load/recording/collect.ts';
import { measure } from '../../../src/load/recording/measure.ts';
import { mergeRecordings } from '../../../src/load/recording/merge.ts';
import type { Recording } from '../../../src/load/recording/recording.ts';
import {
  calibration,
  clients,
  input,
  perSecond,
  run,
  seconds,
  steady,
  target,
  used,
  type Work,
} from './judge-support.ts';

vi.setConfig({ testTimeout: 60_000 });

const rates = fc.oneof(
  { weight: 3, arbitrary: fc.constant(steady()) },
  fc.array(fc.integer({ min: 60, max: 140 }), { minLength: seconds, maxLength: seconds }),
  fc.integer({ min: 0, max: seconds - 1 }).map((at) => steady().map((each, n) => (n === at ? 0 : each))),
);
const services = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 20, max: 900 }));
/** By name, so that a counterexample can be read. */
const usages = {
  idle: used(),
  saturated: used({ busy: 1.97, server: 1.5 }),
  starved: used({ busy: 1.95, generator: 1.85 }),
  nothing: undefined,
};
type Seen = Work & { readonly seen: keyof typeof usages };

const work: fc.Arbitrary<Seen> = fc
  .record({
    answered: rates,
    service: services,
    wait: fc.integer({ min: 0, max: 300 }),
    dropped: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 900 })),
    errors: fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      fc.constantFrom({ P0: 3 }, { client: 1 }, { '40': 1, client: 2 }),
    ),
    wrong: fc.constantFrom(0, 0, 0, 0, 0, 1),
    seen: fc.constantFrom<keyof typeof usages>('idle', 'idle', 'idle', 'saturated', 'starved', 'nothing'),
    model: fc.constantFrom('open' as const, 'open' as const, 'closed' as const),
    complete: fc.constantFrom(true, true, true, true, false),
  })
  .map(({ service, wait, ...given }) => {
    const all = given.answered.reduce((sum, each) => sum + each, 0);
    return { ...given, times: [[service + wait, service, all]] };
  });

interface Case {
  readonly works: readonly Seen[];
  readonly more: Partial<JudgeInput>;
}

const cases: fc.Arbitrary<Case> = fc.record({
  works: fc.oneof(
    { weight: 3, arbitrary: work.map((each) => [each, each, each]) },
    fc.array(work, { minLength: 2, maxLength: 4 }),
  ),
  more: fc.record(
    {
      target: fc.record({
        ...{ read: fc.constant(target.read), write: fc.constant(target.write) },
        latency: fc.constantFrom([], [{ of: 'read', percentile: 99, milliseconds: 50 }]),
        errorRate: fc.constantFrom(0, 0, 0.001),
      }),
      machineHeld: fc.constantFrom(target, { read: 900, write: 180 }),
      calibration: fc.constantFrom(calibration, { ...calibration, noOp: 1500 }, { noOp: 9000 }),
    },
    { requiredKeys: ['target'] },
  ),
});

const judged = ({ works, more }: Case) =>
  judge(
    input(
      works.map(({ seen, ...one }) => run({ ...one, usage: usages[seen] })),
      more,
    ),
  );
const options = { numRuns: 80 } as const;

/** What is held after a change for the worse was held before it. */
function neverBetter(before: Case, after: Case): void {
  const [was, is] = [judged(before), judged(after)];
  if (is.outcome === 'held') expect(was.outcome).toBe('held');
}

function each(given: Case, change: (work: Seen, n: number) => Seen): Case {
  return { ...given, works: given.works.map(change) };
}

test('the cases are of all three outcomes', () => {
  const outcomes = new Set(fc.sample(cases, 150).map((given) => judged(given).outcome));
  expect([...outcomes].sort()).toEqual(['broken', 'held', 'unproved']);
});

test('longer latencies are never better', () => {
  fc.assert(
    fc.property(
      cases,
      fc.integer({ min: 1, max: 2000 }),
      fc.nat(3),
      fc.boolean(),
      (given, by, which, served) => {
        const slower = each(given, (one, n) => ({
          ...one,
          times: (one.times ?? []).map(([latency, service, count]) =>
            n === which % given.works.length
              ? [latency + by, service + (served ? by : 0), count]
              : [latency, service, count],
          ),
        }));
        neverBetter(given, slower);
      },
    ),
    options,
  );
});

test('fewer answers in any second are never better', () => {
  fc.assert(
    fc.property(
      cases,
      fc.nat(3),
      fc.nat(seconds - 1),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (given, which, second, share) => {
        const fewer = each(given, (one, n) => {
          if (n !== which % given.works.length) return one;
          const answered = one.answered.map((count, at) =>
            at === second ? Math.floor(count * share) : count,
          );
          const before = one.answered.reduce((sum, count) => sum + count, 0);
          const lost = before - answered.reduce((sum, count) => sum + count, 0);
          const failed = Object.values(one.errors ?? {}).reduce((sum, count) => sum + count, 0);
          // Asked for all the same.
          return {
            ...one,
            answered,
            scheduled: before + (one.dropped ?? 0) + failed,
            dropped: (one.dropped ?? 0) + lost,
          };
        });
        neverBetter(given, fewer);
      },
    ),
    options,
  );
});

test('more errors, drops and wrong rows are never better, and never turn what is broken into anything else but by errors of the generator', () => {
  const worse: fc.Arbitrary<(one: Seen) => Seen> = fc.constantFrom(
    (one: Seen) => ({ ...one, errors: { ...one.errors, P0: (one.errors?.P0 ?? 0) + 1 } }),
    (one: Seen) => ({ ...one, errors: { ...one.errors, client: (one.errors?.client ?? 0) + 1 } }),
    (one: Seen) => ({ ...one, dropped: (one.dropped ?? 0) + 1 }),
    (one: Seen) => ({ ...one, wrong: (one.wrong ?? 0) + 1 }),
  );
  fc.assert(
    fc.property(cases, worse, (given, change) => {
      neverBetter(given, each(given, change));
      const [was, is] = [
        judged(given),
        judged(each(given, (one) => ({ ...one, errors: { ...one.errors, P0: 5 } }))),
      ];
      if (was.outcome === 'broken') expect(is.outcome).toBe('broken');
    }),
    options,
  );
});

test('a wrong row is always broken', () => {
  fc.assert(
    fc.property(cases, (given) => {
      expect(judged(each(given, (one, n) => (n === 0 ? { ...one, wrong: 1 } : one))).outcome).toBe('broken');
    }),
    options,
  );
});

test('a generator that was starved proves nothing and refutes nothing', () => {
  const starve: fc.Arbitrary<(given: Case) => Case> = fc.constantFrom(
    (given: Case) => ({ ...given, more: { ...given.more, calibration: { ...calibration, noOp: 1799 } } }),
    (given: Case) => each(given, (one) => ({ ...one, seen: 'starved' as const })),
  );
  fc.assert(
    fc.property(cases, starve, (given, change) => {
      const found = judged(change(each(given, (one) => ({ ...one, wrong: 0 }))));
      expect(found.outcome).toBe('unproved');
    }),
    options,
  );
});

test('drops are never laid to a database whose answers were quick', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.integer({ min: 1, max: 2000 }),
      (share, dropped) => {
        const all = perSecond * seconds;
        // What each of the clients may take, and work still keeps up.
        const keepsUp = (1000 * clients * seconds) / (all + dropped);
        const service = share * keepsUp;
        const one = run({ answered: steady(), times: [[service + 1000, service, all]], dropped });
        expect(judge(input([one, one, one])).outcome).toBe('unproved');
      },
    ),
    options,
  );
});

test('the order of the runs does not matter', () => {
  fc.assert(
    fc.property(cases, (given) => {
      const turned = { ...given, works: given.works.toReversed() };
      const [was, is] = [judged(given), judged(turned)];
      expect(is.outcome).toBe(was.outcome);
      expect(is.read.median).toBe(was.read.median);
    }),
    { numRuns: 50 },
  );
});

test('so many times the load, the target and what generator and clients can do is the same outcome', () => {
  fc.assert(
    fc.property(cases, fc.integer({ min: 2, max: 50 }), ({ works, more }, times) => {
      const scaled = works.map((one) => ({
        ...one,
        answered: one.answered.map((count) => count * times),
        dropped: (one.dropped ?? 0) * times,
        wrong: (one.wrong ?? 0) * times,
        errors: Object.fromEntries(
          Object.entries(one.errors ?? {}).map(([name, count]) => [name, count * times]),
        ),
        times: (one.times ?? []).map(
          ([latency, service, count]) => [latency, service, count * times] as const,
        ),
      }));
      const by = (rate: { read: number; write: number }) => ({
        read: rate.read * times,
        write: rate.write * times,
      });
      const { calibration: can = calibration, machineHeld: held } = more;
      const scaledInput = {
        ...more,
        target: { ...(more.target ?? target), ...by(target) },
        calibration: {
          ...can,
          noOp: can.noOp * times,
          ...(can.clients === undefined ? {} : { clients: can.clients * times }),
        },
        ...(held === undefined ? {} : { machineHeld: by(held) }),
      };
      const [was, is] = [judged({ works, more }), judged({ works: scaled, more: scaledInput })];
      expect([is.outcome, is.reasons[0].code]).toEqual([was.outcome, was.reasons[0].code]);
    }),
    { numRuns: 50 },
  );
});

test('cut into segments and merged again it is the same judgement, whatever their order', () => {
  const limits = { seconds: 4, beyond: 1 };
  const answers = fc.array(
    fc.record({
      second: fc.integer({ min: 0, max: 5 }),
      latency: fc.integer({ min: 1, max: 400_000 }),
      part: fc.nat(3),
      error: fc.constantFrom(undefined, undefined, undefined, undefined, 'P0'),
    }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(answers, fc.nat(3), (all, turn) => {
      const recorded = (own: typeof all, segment?: string): Recording => {
        const collector = new Collector();
        for (const { second, latency, error } of own) {
          const times = {
            latency,
            service: Math.ceil(latency / 2),
            ...(error === undefined ? {} : { error }),
          };
          collector.add({ second, statement: 'browse', kind: 'transaction', ...times });
          collector.add({ second, statement: 'by-id', kind: 'read', ...times, count: 3 });
        }
        return {
          header: {
            schema: 'pgattest.recording/1',
            generator: 'test',
            startedAt: '2026-01-01T00:00:00.000Z',
            model: 'open',
            ...(segment === undefined ? {} : { segment }),
          },
          buckets: collector.take(),
          end: { seconds: 6, scheduled: own.length, dropped: 0, complete: true },
        };
      };
      const whole = recorded(all);
      const parts = [0, 1, 2, 3].map((part) =>
        recorded(
          all.filter((answer) => answer.part === part),
          `${part}/4`,
        ),
      );
      const turned = parts.map((_, n) => parts[(n + turn) % 4] ?? whole);
      const judgementOf = (recordings: readonly Recording[]) => {
        const one: MeasuredRun = { measured: measure(recordings, { warmUp: 1 }) };
        const bounds = [{ of: 'by-id', percentile: 90, milliseconds: 100 }];
        return judge({
          target: { read: 2, write: 0, latency: bounds, errorRate: 0.2 },
          runs: [one, one, one],
          calibration,
          machineHeld: target,
          limits,
        });
      };
      expect(judgementOf(turned)).toEqual(judgementOf([whole]));
      expect(judgementOf([mergeRecordings(turned)])).toEqual(judgementOf([whole]));
    }),
    { numRuns: 30 },
  );
});

test('a stall of n seconds shows in p99.9 wherever it is, when it lasts more than a thousandth of the time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.integer({ min: 60, max: 600 }),
      fc.nat(),
      (length, whole, where) => {
        const at = where % (whole - length);
        const collector = new Collector();
        // Each transaction is sent on time; those of the stall are answered when it is over.
        for (let second = 0; second < whole; second++) {
          const hangs = second >= at && second < at + length;
          const latency = hangs ? (at + length - second) * 1_000_000 : 2000;
          collector.add({
            second: hangs ? at + length : second,
            statement: 'browse',
            kind: 'transaction',
            latency,
            count: 100,
          });
        }
        const header = {
          schema: 'pgattest.recording/1',
          generator: 'test',
          startedAt: '2026-01-01T00:00:00.000Z',
          model: 'open',
        } as const;
        const end = { seconds: whole, dropped: 0, complete: true };
        const measured = measure([{ header, buckets: collector.take(), end }]);
        const [all] = judge({ target: { read: 0, write: 0 }, runs: [{ measured }] }).latency;
        // The longest of its seconds alone is more than a thousandth of the whole.
        expect(all?.p999).toBeGreaterThan(length * 999);
      },
    ),
    { numRuns: 15 },
  );
});
