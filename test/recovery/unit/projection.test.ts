import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gigabyte,
  likeSample,
  modelOf,
  predict,
  projectRestore,
  type RestoreSample,
  terabyte,
  tookMs,
} from '../../../src/recovery/projection.ts';
import { sayModel, seenOf } from '../../../src/recovery/say-projection.ts';

const megabyte = 1024 ** 2;
const small: RestoreSample = {
  says: '50 MB',
  bytes: 50 * megabyte,
  segments: 4,
  fetchMs: 500,
  startMs: 400,
  replayMs: 800,
  afterMs: 100,
};
/** What the model of the small one says exactly. */
const large: RestoreSample = {
  ...small,
  says: '500 MB',
  bytes: 500 * megabyte,
  segments: 40,
  fetchMs: 5_000,
  replayMs: 8_000,
};
const sizes = [likeSample(large, '100 GB', 100 * gigabyte), likeSample(large, '1 TB', terabyte)];

describe('the model', () => {
  it('takes each rate from the phase that it drives, and leaves the rest fixed', () => {
    expect(modelOf(small)).toEqual({ fixedMs: 500, bytesPerSecond: 100 * megabyte, segmentsPerSecond: 5 });
  });

  it('says of each sample what that took', () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(
        amount,
        fc.nat(1_000),
        amount,
        fc.nat(5_000),
        fc.nat(9_000),
        (bytes, segments, fetchMs, startMs, replayMs) => {
          const sample = { says: 'it', bytes, segments, fetchMs, startMs, replayMs };
          expect(predict(modelOf(sample), sample)).toBeCloseTo(tookMs(sample), 3);
        },
      ),
    );
  });

  it('counts a promotion without WAL as fixed', () => {
    const idle = modelOf({ ...small, segments: 0 });
    expect(idle).toMatchObject({ fixedMs: 1_300, segmentsPerSecond: Number.POSITIVE_INFINITY });
    expect(predict(idle, { bytes: 100 * megabyte, segments: 0 })).toBe(2_300);
  });

  it('refuses a sample without a rate', () => {
    expect(() => modelOf({ ...small, fetchMs: 0 })).toThrow(RangeError);
    expect(() => projectRestore([], sizes)).toThrow(RangeError);
  });
});

describe('the projection', () => {
  it('predicts the larger sample from the smaller and says by how much it is off', () => {
    expect(projectRestore([large, small], sizes).check).toMatchObject({
      from: small,
      to: large,
      error: 0,
      factor: 10,
    });
    const slower = { ...large, fetchMs: 10_000 };
    const { check } = projectRestore([small, slower], sizes);
    expect(check?.predictedMs).toBe(13_500);
    expect(check?.actualMs).toBe(18_500);
    expect(check?.error).toBeCloseTo(13_500 / 18_500 - 1);
  });

  it('goes by the largest sample, and by each for the range', () => {
    const slower = { ...large, fetchMs: 10_000 };
    const [first, second] = projectRestore([small, slower], sizes).sizes;
    const fetch = (bytes: number, rate: number) => (bytes / (rate * megabyte)) * 1_000;
    const replay = (8_192 / 5) * 1_000;
    expect(first?.segments).toBe(8_192);
    expect(first?.milliseconds).toBeCloseTo(500 + fetch(100 * gigabyte, 50) + replay, 3);
    expect(first?.range[0]).toBeCloseTo(500 + fetch(100 * gigabyte, 100) + replay, 3);
    expect(first?.range[1]).toBeCloseTo(first?.milliseconds ?? 0, 3);
    expect(second?.factor).toBeCloseTo(terabyte / (500 * megabyte));
  });

  it('says whether the RTO is met, and the rate that would meet it', () => {
    const size = { says: '1 TB', bytes: terabyte, segments: 100 };
    const rto = 1_800_000;
    const [one] = projectRestore([large], [size], rto).sizes;
    expect(one?.meets).toBe(false);
    const rate = one?.neededBytesPerSecond ?? 0;
    const with_ = { ...modelOf(large), bytesPerSecond: rate };
    expect(predict(with_, size)).toBeCloseTo(rto, 3);
    const [hopeless] = projectRestore([large], [{ ...size, segments: 1_000_000 }], rto).sizes;
    expect(hopeless).toMatchObject({ meets: false });
    expect(hopeless?.neededBytesPerSecond).toBeUndefined();
  });
});

describe('the words of a projection', () => {
  it('state the model, the check, and how far it is from what was measured', () => {
    const projection = projectRestore([small, { ...large, fetchMs: 10_000 }], sizes, 1_800_000);
    expect(sayModel(projection)).toBe(
      'time = 500 ms + bytes ÷ 50.0 MB/s + segments of WAL ÷ 5.0 a second, measured on 500 MB',
    );
    const lines = seenOf(projection).map(({ way, actual }) => [way, actual]);
    expect(lines[0]).toEqual([
      'check',
      'predicted 13.5 s, took 18.5 s: 27.0 % too short, over a factor of 10.0',
    ]);
    expect(lines[1]?.[1]).toMatch(
      /^1 h 01 min \(fetch 34 min 08 s, replay of 8192 segments 27 min 18 s, by any one sample /,
    );
    expect(lines[1]?.[1]).toMatch(/; 205 times what was measured, beyond the RTO: that takes \d+ MB\/s$/);
    expect(lines[2]?.[1]).toMatch(/beyond the RTO at any rate of fetching/);
    expect(seenOf(projectRestore([small], sizes))[0]?.actual).toBe('not checked: one size was restored');
  });
});
