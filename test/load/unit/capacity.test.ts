import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capacityOf } from '../../../src/load/capacity/capacity.ts';
import { checkUsl } from '../../../src/load/capacity/check.ts';
import { coresFor, fitCost } from '../../../src/load/capacity/cost.ts';
import { fitUsl } from '../../../src/load/capacity/fit-usl.ts';
import { normalTail, student975 } from '../../../src/load/capacity/interval.ts';
import { placement } from '../../../src/load/capacity/measure.ts';
import type { Point, Usl } from '../../../src/load/capacity/model.ts';
import { project } from '../../../src/load/capacity/project.ts';
import { randomOf, shuffled } from '../../../src/load/capacity/random.ts';
import { sayProjection } from '../../../src/load/capacity/say.ts';
import { fitUncertainUsl } from '../../../src/load/capacity/uncertain-usl.ts';
import { neededFor, peakOf, throughputAt } from '../../../src/load/capacity/usl.ts';

const places = [1, 2, 4, 8, 12, 16, 24, 32];
const law = fc.record({
  lambda: fc.double({ min: 10, max: 100_000, noNaN: true }),
  sigma: fc.double({ min: 0, max: 0.5, noNaN: true }),
  kappa: fc.double({ min: 0, max: 0.02, noNaN: true }),
});

/** Normal by Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function noisy(truth: Usl, noise: number, random: () => number) {
  return places.map((n) => ({ n, x: throughputAt(truth, n) * Math.exp(noise * normal(random)) }));
}

describe('the Universal Scalability Law', () => {
  test('is linear without contention, ends at λ/σ with contention alone, and has a peak with coherency', () => {
    expect(throughputAt({ lambda: 7, sigma: 0, kappa: 0 }, 9)).toBe(63);
    expect(peakOf({ lambda: 100, sigma: 0.1, kappa: 0 })).toEqual({ n: Number.POSITIVE_INFINITY, x: 1000 });
    const peak = peakOf({ lambda: 100, sigma: 0.04, kappa: 0.0001 });
    expect(peak.n).toBeCloseTo(97.98, 2);
  });

  test('what is needed gives what was asked, and is the least that does; nothing beyond the peak', () => {
    fc.assert(
      fc.property(law, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (truth, part) => {
        const top = Math.min(peakOf(truth).x, truth.lambda * 1000);
        const asked = top * part;
        const n = neededFor(truth, asked);
        expect(n).toBeDefined();
        expect(throughputAt(truth, n ?? 0)).toBeCloseTo(asked, -Math.floor(Math.log10(asked)) + 6);
        expect(throughputAt(truth, (n ?? 0) * 0.99)).toBeLessThan(asked);
        if (Number.isFinite(peakOf(truth).x))
          expect(neededFor(truth, peakOf(truth).x * 1.01)).toBeUndefined();
      }),
    );
  });

  test('is found again from points without noise', () => {
    fc.assert(
      fc.property(law, (truth) => {
        const found = fitUsl(places.map((n) => ({ n, x: throughputAt(truth, n) }))).law;
        expect(found.lambda / truth.lambda).toBeCloseTo(1, 4);
        expect(found.sigma).toBeCloseTo(truth.sigma, 4);
        expect(found.kappa).toBeCloseTo(truth.kappa, 5);
      }),
    );
  });

  test('never leaves its bounds, whatever the points, and does not depend on their order', () => {
    const point = fc.record({
      n: fc.integer({ min: 1, max: 64 }),
      x: fc.double({ min: 1, max: 1e6, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), fc.integer(), (points, seed) => {
        const { law: found } = fitUsl(points);
        expect(found.lambda).toBeGreaterThan(0);
        expect(found.sigma).toBeGreaterThanOrEqual(0);
        expect(found.sigma).toBeLessThanOrEqual(1);
        expect(found.kappa).toBeGreaterThanOrEqual(0);
        const other = fitUsl(shuffled(points, randomOf(seed))).law;
        expect(throughputAt(other, 8) / throughputAt(found, 8)).toBeCloseTo(1, 3);
      }),
    );
  });

  test('tells no more than the points: κ from three places, σ from two', () => {
    expect(fitUsl([{ n: 4, x: 400 }]).law).toEqual({ lambda: expect.closeTo(100, 6), sigma: 0, kappa: 0 });
    const two = fitUsl([
      { n: 1, x: 100 },
      { n: 2, x: 160 },
    ]);
    expect(two.law).toEqual({ lambda: expect.closeTo(100, 4), sigma: expect.closeTo(0.25, 5), kappa: 0 });
    expect(two.freedom).toBe(0);
    expect(() => fitUsl([])).toThrow(RangeError);
  });

  test('intervals cover the truth in at least 90 % of noisy trials', () => {
    const truth = { lambda: 1000, sigma: 0.08, kappa: 0.002 };
    const random = randomOf(20_240_607);
    const trials = 200;
    const covered = { lambda: 0, sigma: 0, kappa: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const fit = fitUncertainUsl(noisy(truth, 0.03, random), { resamples: 299, seed: trial });
      for (const name of ['lambda', 'sigma', 'kappa'] as const) {
        const [low, high] = fit[name].interval ?? [0, 0];
        if (low <= truth[name] && truth[name] <= high) covered[name]++;
      }
    }
    for (const name of ['lambda', 'sigma', 'kappa'] as const)
      expect(covered[name] / trials, name).toBeGreaterThanOrEqual(0.9);
  }, 60_000);

  test('the same seed gives the same interval; without freedom there is none', () => {
    const points = noisy({ lambda: 10, sigma: 0.1, kappa: 0.001 }, 0.05, randomOf(3));
    expect(fitUncertainUsl(points, { resamples: 99 })).toEqual(fitUncertainUsl(points, { resamples: 99 }));
    expect(fitUncertainUsl(points.slice(0, 3)).sigma.interval).toBeUndefined();
  });
});

test('quantiles: Student’s t and the normal’s tail', () => {
  expect(student975(5)).toBe(2.571);
  expect(student975(60)).toBeCloseTo(2.0, 2);
  expect(normalTail(1.959964)).toBeCloseTo(0.025, 6);
  expect(normalTail(0)).toBeCloseTo(0.5, 6);
});

/** Trials of a server whose throughput follows a law over its cores, and whose statements cost what they cost. */
function points(
  options: { noise?: number; readShares?: number[]; cores?: number[]; seed?: number } = {},
): Point[] {
  const { noise = 0, readShares = [5 / 6], cores = [1, 2, 4, 8, 16, 24], seed = 5 } = options;
  const random = randomOf(seed);
  const jitter = () => Math.exp(noise * normal(random));
  return cores.flatMap((core) =>
    [1, 2, 4, 8, 16].flatMap((clients) =>
      readShares.map((readShare) => {
        const cost = 20e-6 * readShare + 120e-6 * (1 - readShare);
        const top = throughputAt({ lambda: 1 / cost, sigma: 0.02, kappa: 0.0005 }, core);
        const throughput = top * (clients / (clients + core)) * jitter();
        return {
          cores: core,
          clients,
          throughput,
          readShare,
          busy: {
            server: throughput * cost * jitter(),
            pooler: throughput * 8e-6 * jitter(),
            generator: throughput * 10e-6 * jitter(),
          },
          shared: false,
        };
      }),
    ),
  );
}

const claim = { reads: 50_000, writes: 10_000 };

describe('costs', () => {
  test('of reads and writes are told apart by mixes, and give the cores that a claim uses', () => {
    const cost = fitCost('server', points({ readShares: [1, 5 / 6, 0.5] }));
    expect(cost).toMatchObject({
      apart: true,
      read: expect.closeTo(20e-6, 9),
      write: expect.closeTo(120e-6, 9),
    });
    expect(coresFor(cost ?? { read: 0, write: 0 }, 50_000, 10_000)).toBeCloseTo(2.2, 6);
  });

  test('of one mix are one, and never negative', () => {
    expect(fitCost('server', points())).toMatchObject({ apart: false });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (seed) => {
        const cost = fitCost('server', points({ noise: 1, readShares: [1, 0.5], seed }), { resamples: 0 });
        expect(Math.min(cost?.read ?? -1, cost?.write ?? -1)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('of what was not measured are none', () => {
    expect(fitCost('pooler', [{ ...points()[0], busy: {} } as Point])).toBeUndefined();
  });
});

describe('a projection', () => {
  const capacity = capacityOf(points({ noise: 0.02, readShares: [1, 5 / 6, 0.5] }), { mix: 5 / 6 });

  test('is a projection, with needs in intervals around the truth', () => {
    const said = project(capacity, claim);
    expect(said).toMatchObject({ kind: 'projection', standing: 'projected' });
    const need = (name: string) => said.needs.find((each) => each.name === name)?.amount;
    expect(need('poolers')).toEqual({ value: 1, interval: [1, 1] });
    const [low = 0, high = 0] = need('server cores')?.interval ?? [];
    expect(low).toBeLessThan(high);
    // By cost 2.2 ÷ 0.7; contention asks for a little more.
    expect(need('server cores')?.value).toBeGreaterThan(3);
    expect(need('server cores')?.value).toBeLessThan(5);
    expect(need('replicas')?.value).toBe(0);
    expect(sayProjection(said)[0]).toMatch(
      /^Projection for 50 000 reads and 10 000 writes a second.*No proof\.$/,
    );
  });

  test('never falls when more is asked for', () => {
    const amounts = (reads: number, writes: number) =>
      project(capacity, { reads, writes }, { coresOfServer: 8 }).needs.map(({ amount }) => amount.value);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200_000 }),
        fc.integer({ min: 0, max: 40_000 }),
        fc.integer({ min: 0, max: 100_000 }),
        (reads, writes, more) => {
          const [less, greater] = [amounts(reads, writes), amounts(reads + more, writes + more)];
          less.forEach((value, at) => {
            expect(greater[at] ?? -1).toBeGreaterThanOrEqual(value);
          });
        },
      ),
      { numRuns: 30 },
    );
  });

  test('sends reads to replicas when one server is too small, and says when writes alone fill it', () => {
    const small = project(capacity, claim, { coresOfServer: 2 });
    expect(small.needs.find(({ name }) => name === 'replicas')?.amount.value).toBeGreaterThan(0);
    const none = project(capacity, { reads: 1, writes: 100_000 }, { coresOfServer: 2 });
    expect(none.needs.find(({ name }) => name === 'replicas')?.amount.value).toBe(Number.POSITIVE_INFINITY);
  });

  test('far beyond what was measured is called an extrapolation', () => {
    const far = project(capacity, { reads: 5_000_000, writes: 1_000_000 });
    expect(far.standing).toBe('extrapolated');
    expect(far.notes.join('\n')).toMatch(/times what was measured, beyond 3: an extrapolation/);
    expect(far.needs.find(({ name }) => name === 'server cores')?.because).toMatch(/one server ends at/);
  });

  test('of another mix than was measured is unfit', () => {
    const one = capacityOf(points({ noise: 0.02 }));
    expect(project(one, claim).standing).toBe('projected');
    expect(project(one, { reads: 30_000, writes: 30_000 })).toMatchObject({
      standing: 'unfit',
      notes: expect.arrayContaining([expect.stringMatching(/one mix tells nothing of another/)]),
    });
  });

  test('from relations that fail on held-back points is unfit, and so is one from too few trials', () => {
    expect(project(capacityOf(points({ noise: 0.8 })), claim).standing).toBe('unfit');
    const few = project(capacityOf(points().slice(0, 2)), claim);
    expect(few.standing).toBe('unfit');
    expect(few.notes.join('\n')).toMatch(/at least four are needed/);
    expect(few.needs.find(({ name }) => name === 'server cores')?.amount.interval).toBeUndefined();
  });

  test('without three numbers of cores gives a lower bound, and says so', () => {
    const said = project(capacityOf(points({ cores: [1, 2] })), claim);
    expect(said.needs.find(({ name }) => name === 'server cores')?.atLeast).toBe(true);
    expect(said.notes.join('\n')).toMatch(/lower bound/);
  });

  test('of nothing is refused', () => {
    expect(() => project(capacity, { reads: 0, writes: 0 })).toThrow(RangeError);
    expect(() => project(capacityOf([]), claim)).toThrow(RangeError);
    expect(() => capacityOf([{ ...points()[0], throughput: Number.NaN } as Point])).toThrow(
      /no point of capacity/,
    );
  });
});

test('held-back points: a law that holds foretells them, one that bends elsewhere does not', () => {
  const truth = { lambda: 100, sigma: 0.05, kappa: 0.001 };
  for (const { largest } of checkUsl(
    'cores',
    'x',
    places.map((n) => ({ n, x: throughputAt(truth, n) })),
  ))
    expect(largest).toBeLessThan(1e-4);
  const broken = places.map((n) => ({ n, x: n < 20 ? 100 * n : 300 }));
  expect(checkUsl('cores', 'x', broken).some(({ largest }) => largest > 0.25)).toBe(true);
  expect(checkUsl('cores', 'x', broken.slice(0, 3))).toEqual([]);
});

describe('measuring', () => {
  test('processors: the server’s first, the generator’s after, all when none is left', () => {
    expect(placement([0, 1, 2, 5], 2)).toEqual({ server: [0, 1], generator: [2, 5], shared: false });
    expect(placement([0, 1], 2)).toEqual({ server: [0, 1], generator: [0, 1], shared: true });
  });
});
