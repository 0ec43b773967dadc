import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderComparison } from '../../../src/cli/render-compare.ts';
import { randomOf, shuffled } from '../../../src/load/capacity/random.ts';
import { compareRuns, isWorse } from '../../../src/load/series/compare-runs.ts';
import { fingerprintOf } from '../../../src/load/series/fingerprint.ts';
import { judgeFigure } from '../../../src/load/series/judge-figure.ts';
import { judgeSeries } from '../../../src/load/series/judge-series.ts';
import { type SeriesEntry, seriesSchema } from '../../../src/load/series/model.ts';
import { cliffsDelta, qn } from '../../../src/load/series/robust.ts';
import { appendToSeries, readSeries, seriesFile } from '../../../src/load/series/store.ts';
import { temporaryFolder } from '../../evidence/support.ts';
import { chained, sampleEvidence } from '../../report/sample.ts';

/** Runs at 50,000 a second with relative noise, seeded. */
function rates(count: number, noise: number, random: () => number): number[] {
  return Array.from({ length: count }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return 50_000 * Math.exp(noise * normal);
  });
}

/** Part of 2,000 seeded nights that are found worse, or better. */
function found(
  { nights, judged, times }: { nights: number; judged: number; times: number },
  standings: readonly string[],
): number {
  const random = randomOf(7 * nights + judged);
  const trials = 2000;
  let hits = 0;
  for (let trial = 0; trial < trials; trial++) {
    const before = rates(nights, 0.05, random);
    const now = rates(judged, 0.05, random).map((rate) => rate * times);
    if (standings.includes(judgeFigure('higher', now, before).standing)) hits++;
  }
  return hits / trials;
}

describe('a figure against the runs before', () => {
  test.each([6, 8, 11, 20, 40])('noise alone, %i runs: at most 5 % of alarms', (nights) => {
    for (const judged of [1, 2]) {
      expect(found({ nights, judged, times: 1 }, ['worse', 'better'])).toBeLessThanOrEqual(0.05);
    }
  });

  test('a rate down by 20 % is found with 8 runs of 5 % noise, and surely by the second night', () => {
    expect(found({ nights: 8, judged: 1, times: 0.8 }, ['worse'])).toBeGreaterThan(0.8);
    expect(found({ nights: 8, judged: 2, times: 0.8 }, ['worse'])).toBeGreaterThan(0.95);
    expect(found({ nights: 20, judged: 1, times: 0.8 }, ['worse'])).toBeGreaterThan(0.95);
    expect(found({ nights: 8, judged: 1, times: 0.8 }, ['better'])).toBe(0);
  });

  test('the order of the runs plays no part', () => {
    const values = fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { minLength: 6, maxLength: 25 });
    fc.assert(
      fc.property(
        values,
        fc.double({ min: 1, max: 1000, noNaN: true }),
        fc.integer(),
        (before, now, seed) => {
          const other = shuffled(before, randomOf(seed));
          expect(judgeFigure('lower', [now], other)).toEqual(judgeFigure('lower', [now], before));
        },
      ),
    );
  });

  test('the unit plays no part', () => {
    const before = rates(10, 0.05, randomOf(1));
    for (const times of [0.7, 1, 1.4]) {
      const one = judgeFigure('higher', [50_000 * times], before);
      const other = judgeFigure(
        'higher',
        [50 * times],
        before.map((rate) => rate / 1000),
      );
      expect(other.standing).toBe(one.standing);
      expect(other.ratio).toBeCloseTo(one.ratio ?? 0, 9);
    }
  });

  test('further down is never better', () => {
    const before = rates(12, 0.05, randomOf(2));
    const rank = { better: 2, same: 1, worse: 0, 'not enough runs': -1 };
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e5, noNaN: true }),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        (now, times) => {
          const less = judgeFigure('higher', [now * times], before).standing;
          expect(rank[less]).toBeLessThanOrEqual(rank[judgeFigure('higher', [now], before).standing]);
        },
      ),
    );
  });

  test('a series without noise divides by nothing: what matters is found, what does not is not', () => {
    const before = new Array<number>(8).fill(100);
    expect(judgeFigure('higher', [100], before)).toMatchObject({
      standing: 'same',
      ratio: 1,
      noise: 0,
      delta: 0,
    });
    expect(judgeFigure('higher', [99], before).standing).toBe('same');
    expect(judgeFigure('higher', [80], before)).toMatchObject({ standing: 'worse', delta: -1 });
    expect(judgeFigure('lower', [80], before).standing).toBe('better');
  });

  test('zeros are figures too: errors where there were none are worse', () => {
    const none = new Array<number>(8).fill(0);
    expect(judgeFigure('lower', [0], none).standing).toBe('same');
    expect(judgeFigure('lower', [3], none)).toMatchObject({ standing: 'worse', usual: 0 });
    expect(judgeFigure('lower', [3], none).ratio).toBeUndefined();
  });

  test('one bad night before hides nothing', () => {
    const before = [...new Array<number>(4).fill(100), 101, 99, 100.5, 20];
    expect(judgeFigure('higher', [80], before).standing).toBe('worse');
  });

  test('fewer runs than are needed say nothing', () => {
    expect(judgeFigure('higher', [1], [100, 100, 100, 100, 100])).toEqual({
      standing: 'not enough runs',
      value: 1,
      runs: 5,
    });
    expect(judgeFigure('higher', [1], [], { fewest: 0, window: 1, leastEffect: 0 }).standing).toBe(
      'not enough runs',
    );
    expect(() => judgeFigure('higher', [], [1])).toThrow(RangeError);
  });

  test('Qn is the standard deviation of normal values; Cliff’s delta counts what is exceeded', () => {
    const values = rates(400, 0.05, randomOf(4)).map(Math.log);
    expect(qn(values) / 0.05).toBeCloseTo(1, 0);
    expect([qn([]), qn([1]), qn([1, 1, 1])]).toEqual([0, 0, 0]);
    expect([cliffsDelta(5, [1, 2, 9, 10]), cliffsDelta(5, []), cliffsDelta(1, [2, 3])]).toEqual([0, 0, -1]);
  });
});

function entry(night: number, rate: number, more: Partial<SeriesEntry> = {}): SeriesEntry {
  return {
    schema: seriesSchema,
    run: `run-${night}`,
    startedAt: new Date(Date.UTC(2026, 2, 1 + night)).toISOString(),
    design: 'shop',
    scenario: 'nightly',
    machine: { fingerprint: 'a', says: 'one' },
    setup: { scale: 1 },
    figures: { 'reads.achieved': { value: rate, unit: 'statements/s', better: 'higher' } },
    ...more,
  };
}

describe('a run of a series', () => {
  const nights = Array.from({ length: 10 }, (_, night) => entry(night, 50_000 + (night % 3) * 500));

  test('is judged against runs before it on a like machine, whatever the order of the lines', () => {
    const other = entry(4, 1, { run: 'elsewhere', machine: { fingerprint: 'b', says: 'two' } });
    const scaled = entry(5, 1, { run: 'scaled', setup: { scale: 2 } });
    const all = [...nights, other, scaled, entry(11, 40_000), entry(12, 40_100)];
    const said = judgeSeries(all);
    expect(said).toMatchObject({
      run: 'run-12',
      standing: 'worse',
      apart: { 'machine: two and one': 1, 'scale: 2 and 1': 1 },
    });
    expect(said?.figures).toMatchObject([{ name: 'reads.achieved', standing: 'worse', confirmed: true }]);
    expect(judgeSeries(shuffled(all, randomOf(9)))).toEqual(said);
  });

  test('is confirmed by the run before it alone', () => {
    expect(judgeSeries([...nights, entry(11, 40_000)])?.figures).toMatchObject([
      { standing: 'worse', confirmed: false },
    ]);
  });

  test('later runs do not judge an earlier one, and runs before a change can be left out', () => {
    const all = [...nights, entry(11, 40_000)];
    expect(judgeSeries(all, 'run-9')?.standing).toBe('same');
    expect(judgeSeries(all, 'run-3')?.standing).toBe('not enough runs');
    expect(judgeSeries(all, 'run-11', { since: 'run-6' })).toMatchObject({
      standing: 'not enough runs',
      before: ['run-6', 'run-7', 'run-8', 'run-9'],
    });
    expect(judgeSeries(all, 'gone')).toBeUndefined();
    expect(judgeSeries([])).toBeUndefined();
  });
});

describe('the file of a series', () => {
  test('grows by a line, a run once; a line that was cut off spoils itself alone and is named', async () => {
    await using folder = await temporaryFolder();
    const file = seriesFile(join(folder.path, 'series'), 'shop');
    expect(await readSeries(file)).toEqual({ entries: [], skipped: [] });
    expect(await appendToSeries(file, entry(1, 1))).toBe(true);
    expect(await appendToSeries(file, entry(1, 1))).toBe(false);
    await appendFile(file, '{"schema":"pgattest.ser');
    expect(await appendToSeries(file, entry(2, 2))).toBe(true);
    await appendFile(file, '{"schema":"pgattest.series/9"}\n');
    const { entries, skipped } = await readSeries(file);
    expect(entries).toEqual([entry(1, 1), entry(2, 2)]);
    expect(skipped).toEqual([
      { line: 2, says: 'not JSON; it was cut off, or edited' },
      { line: 4, says: 'schema pgattest.series/9, not pgattest.series/1' },
    ]);
    expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(5);
  });

  test('that cannot be read or written is one line', async () => {
    await using folder = await temporaryFolder();
    await expect(readSeries(folder.path)).rejects.toThrow(/cannot be read \(EISDIR\)/);
    await writeFile(join(folder.path, 'file'), '');
    await expect(appendToSeries(join(folder.path, 'file', 'x.jsonl'), entry(1, 1))).rejects.toThrow(
      /cannot be (read|written) \(\w+\)/,
    );
  });
});

test('a fingerprint: the same for machines that are alike, another for another processor or server', () => {
  const facts = {
    os: 'Linux',
    arch: 'x64',
    cores: 2,
    memoryBytes: 8.01 * 2 ** 30,
    server: 'PostgreSQL 15.18 on x86_64',
  };
  const { fingerprint, says } = fingerprintOf(facts);
  expect(says).toBe('x64, 2 cores, 8 GiB, Linux, PostgreSQL 15.18');
  expect(fingerprintOf({ ...facts, memoryBytes: 7.98 * 2 ** 30 }).fingerprint).toBe(fingerprint);
  expect(fingerprintOf({ ...facts, processor: 'EPYC' }).fingerprint).not.toBe(fingerprint);
  expect(fingerprintOf({ ...facts, server: 'PostgreSQL 15.19' }).fingerprint).not.toBe(fingerprint);
});

describe('two runs', () => {
  const good = sampleEvidence({ verdicts: 'proved', run: 'a' });
  const bad = sampleEvidence({ verdicts: 'all', run: 'b' });

  test('a run against itself: nothing differs', () => {
    const same = compareRuns({ evidence: good }, { evidence: good });
    expect(same).toMatchObject({
      verdicts: [],
      added: [],
      removed: [],
      conditions: [],
      settings: [],
      figures: [],
    });
    expect(isWorse(same)).toBe(false);
  });

  test('verdicts that changed, in both directions', () => {
    const worse = compareRuns({ evidence: good }, { evidence: bad });
    expect(isWorse(worse)).toBe(true);
    expect(worse.verdicts.map(({ worth }) => worth)).toContain('worse');
    const back = compareRuns({ evidence: bad }, { evidence: good });
    expect(isWorse(back)).toBe(false);
    expect(back.verdicts).toHaveLength(worse.verdicts.length);
  });

  test('claims added and removed, conditions and settings', () => {
    const [first, ...rest] = good.plan.claims;
    const other = chained(
      { ...good.plan, claims: rest, seed: 7 },
      good.records.map(({ entry: each }) =>
        each.type === 'environment'
          ? { ...each, settings: { ...each.settings, work_mem: { here: '1GB' } } }
          : each,
      ),
    );
    const said = compareRuns({ evidence: good }, { evidence: other });
    expect(said.removed).toEqual([{ claim: first?.id, standing: 'proved' }]);
    expect(isWorse(said)).toBe(true);
    expect(said.conditions).toEqual([{ name: 'seed', from: '42', to: '7' }]);
    expect(said.settings).toMatchObject([{ name: 'work_mem', to: '1GB' }]);
  });

  test('figures with ratios; noise from the runs before; nothing said of runs that are unlike', () => {
    const nights = Array.from({ length: 8 }, (_, night) => entry(night, 50_000 + (night % 3) * 500));
    const of = (from: SeriesEntry, to: SeriesEntry, series: readonly SeriesEntry[]) =>
      compareRuns({ evidence: good, entry: from }, { evidence: good, entry: to }, series);
    const [a, b] = [entry(10, 50_000), entry(11, 40_000)];
    const [figure] = of(a, b, [...nights, a, b]).figures;
    expect(figure).toMatchObject({
      ratio: 0.8,
      differs: 'worse',
      noise: [expect.any(Number), expect.any(Number)],
    });
    expect(of(a, entry(12, 50_500), nights).figures).toMatchObject([{ differs: 'no' }]);
    expect(of(a, b, []).figures).toMatchObject([{ ratio: 0.8, differs: 'unknown' }]);
    const unlike = of(a, entry(11, 40_000, { setup: { scale: 2 } }), nights);
    expect(unlike).toMatchObject({ apart: ['scale: 1 and 2'], figures: [{ differs: 'not comparable' }] });
    expect(isWorse(unlike)).toBe(false);
  });
});

test('a comparison for the terminal: sections that have something, a table of figures', () => {
  const good = sampleEvidence({ verdicts: 'proved', run: 'a' });
  const render = (comparison: ReturnType<typeof compareRuns>) =>
    renderComparison(comparison, { color: false });
  expect(render(compareRuns({ evidence: good }, { evidence: good }))).toMatch(/\n\nNothing differs\.$/);
  const nights = Array.from({ length: 8 }, (_, night) => entry(night, 50_000 + (night % 3) * 500));
  const text = render(
    compareRuns(
      { evidence: good, entry: entry(10, 50_000) },
      { evidence: sampleEvidence({ run: 'b' }), entry: entry(11, 40_000) },
      nights,
    ),
  );
  expect(text).toMatch(/^Verdicts that changed$/m);
  expect(text).toMatch(/proved → refuted/);
  expect(text).toMatch(/^ {2}reads\.achieved +statements\/s +50000 +40000 +0\.8 +0\.9\d+ to 1\.\d+ +worse$/m);
  expect(text).toMatch(/Claims added/);
  expect(text).not.toMatch(/Claims removed/);
});
