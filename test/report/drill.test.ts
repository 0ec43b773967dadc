import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import type { DrillTimeline } from '../../src/evidence/index.ts';
import { along, bars, curve, heightOf, rangeOf, ticks } from '../../src/report/drill/plot.ts';
import { sinceFault } from '../../src/report/drill/words.ts';
import { renderTerminal, reporters } from '../../src/report/index.ts';
import { drillLines, sparkline } from '../../src/report/terminal-drill.ts';
import { drillTimeline, restoreTimeline } from './drill-sample.ts';
import { sampleEvidence } from './sample.ts';

const page = (hostile = false) => reporters.html.render(sampleEvidence({ drills: true, hostile }));
const plain = page();
const pictures = (html: string) => [...html.matchAll(/<svg class="drill".*?<\/svg>/gs)].map(([text]) => text);
/** Elements and attributes by name: what a browser builds, without the words. */
const skeleton = (html: string) =>
  [
    ...html
      .replace(/<(style|script)>.*?<\/\1>/gs, '')
      .matchAll(/<(\/?[a-zA-Z0-9]+)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*\/?>/g),
  ].map(([, name, attributes = '']) =>
    [name, ...[...attributes.matchAll(/\s([\w-]+)(?:="[^"]*")?/g)].map(([, one]) => one)].join(' '),
  );

describe('the picture of a drill', () => {
  it('is there for the baseline and for the counterexample, and nowhere without a drill', () => {
    expect(pictures(plain)).toHaveLength(3);
    const without = reporters.html.render(sampleEvidence());
    expect(pictures(without)).toEqual([]);
    expect(without).not.toContain('id="recovery"');
  });

  it('has a title and a description of its own, and each of its marks again in a table', () => {
    for (const [index, picture] of pictures(plain).entries()) {
      const [, named = ''] = /aria-labelledby="([^"]+)"/.exec(picture) ?? [];
      for (const id of named.split(' ')) expect(plain.split(`id="${id}"`)).toHaveLength(2);
      expect(picture).toMatch(/<desc[^>]*>Lost: \d+ commits?/);
      const pins = [...picture.matchAll(/class="pin[^"]*"/g)].length;
      const marks = [drillTimeline(), drillTimeline({ broken: true }), restoreTimeline()].map(
        (each) => each.marks.length,
      );
      expect(marks).toContain(pins);
      expect(index).toBeLessThan(3);
    }
    const rows = plain.match(/<th scope="row">\d+ [a-z-]+<\/th>/g) ?? [];
    expect(rows.length).toBe(
      drillTimeline().marks.length +
        drillTimeline({ broken: true }).marks.length +
        restoreTimeline().marks.length,
    );
  });

  it('marks the fault, names the phases where there is room, and draws a lane for each curve', () => {
    const [failover = ''] = pictures(plain).filter((each) => each.includes('RTO 2.4 s'));
    expect(failover).toMatch(/<g class="fault"><path d="M[\d. ]+V\d+"><\/path><text[^>]*>fault<\/text>/);
    expect([...failover.matchAll(/class="lane (\w+)"/g)].map(([, kind]) => kind)).toEqual([
      'rate',
      'bad',
      'other',
      'other',
      'other',
      'other',
    ]);
    expect(failover).toContain('<title>promote: 650 ms</title>');
    expect(failover).toContain('95 % of before');
  });

  it('needs no script, no style attribute and no colour: the policy of the page forbids them or a reader lacks them', () => {
    for (const picture of pictures(plain)) {
      expect(picture).not.toMatch(/\s(style|on\w+|href|src)=/);
      expect(picture).not.toMatch(/<(script|style|image|foreignObject|use)\b/);
      expect(picture).not.toMatch(/(fill|stroke)="/);
    }
  });

  it('holds finite numbers only, within its box', () => {
    for (const picture of pictures(plain)) {
      expect(picture).not.toMatch(/NaN|Infinity|undefined/);
      const [, width = '', height = ''] = /viewBox="0 0 (\d+) (\d+(?:\.\d+)?)"/.exec(picture) ?? [];
      for (const [, path = ''] of picture.matchAll(/ d="([^"]+)"/g)) {
        const [, x = '0', y = '0'] = /^M(-?[\d.]+) (-?[\d.]+)/.exec(path) ?? [];
        expect(Number(x)).toBeGreaterThanOrEqual(0);
        expect(Number(x)).toBeLessThanOrEqual(Number(width));
        expect(Number(y)).toBeGreaterThanOrEqual(0);
        expect(Number(y)).toBeLessThanOrEqual(Number(height));
      }
    }
  });

  it('is the same page with other words when names and values are hostile', () => {
    expect(skeleton(page(true))).toEqual(skeleton(plain));
    expect(page(true)).not.toContain('<script>alert');
  });

  it('says in one table what each drill lost, how long it took, and what was noticed', () => {
    const [, table = ''] = /<section id="recovery">(.*?)<\/section>/s.exec(plain) ?? [];
    const text = table.replace(/<[^>]*>/g, '|');
    expect(text).toMatch(
      /saas\.recovery\.failover.*proved.*0 commits.*RTO 2\.4 s.*detect 900 ms · decide 100 ms.*3\.6 s.*1 of 1/s,
    );
    expect(text).toMatch(
      /saas\.recovery\.restore.*unproved.*restore 6\.6 s.*fetch 2\.5 s · replay to consistency 800 ms.*–.*0 of 0/s,
    );
  });

  it('says what was not met', () => {
    expect(plain).toContain('412 commits, 1.3 s, promised at most 5 min 00 s');
    expect(plain).toContain('never, promised at most 30 min 00 s: not met');
  });
});

describe('plots', () => {
  const point = fc.tuple(fc.integer({ min: -5_000, max: 600_000 }), fc.integer({ min: -50, max: 100_000 }));
  const points = fc
    .uniqueArray(point, { minLength: 1, maxLength: 700, selector: ([at]) => at })
    .map((found) => found.toSorted((one, other) => one[0] - other[0]));
  const box = { left: 12, top: 40, width: 736, height: 90 };

  it('stay inside their box', () => {
    fc.assert(
      fc.property(points, (found) => {
        const x = rangeOf({
          ...restoreTimeline(),
          marks: [],
          series: [{ name: 'a', unit: 'b', points: found }],
        });
        const y = heightOf(found);
        const { line, area } = curve(found, x, y, box);
        const numbers = [...`${line}${area}`.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)];
        expect(numbers.length).toBeGreaterThan(0);
        for (const [, left, top] of numbers) {
          expect(Number(left)).toBeGreaterThanOrEqual(12);
          expect(Number(left)).toBeLessThanOrEqual(748);
          expect(Number(top)).toBeGreaterThanOrEqual(40);
          expect(Number(top)).toBeLessThanOrEqual(130);
        }
        expect(bars(found, x, y, box)).not.toMatch(/NaN|Infinity/);
      }),
      { numRuns: 50 },
    );
  });

  it('have round distances from the fault, not too many', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 40_000_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (span, share) => {
          const fault = span * share;
          const found = ticks({ from: 0, to: span }, fault, 9);
          expect(found.length).toBeLessThanOrEqual(11);
          for (const each of found) {
            expect(each + fault).toBeGreaterThanOrEqual(-1);
            expect(each + fault).toBeLessThanOrEqual(span + 1);
          }
        },
      ),
    );
    expect(ticks({ from: 0, to: 30_000 }, 8_000, 9)).toEqual([-5_000, 0, 5_000, 10_000, 15_000, 20_000]);
    expect(sinceFault(7_000, 8_000)).toBe('−1.0 s');
    expect(along(5, { from: 0, to: 10 }, 100)).toBe(50);
  });
});

describe('a drill in the terminal', () => {
  const look = (width: number) => ({ colors: createColors(false), width, indent: '  ' });
  const lines = (timeline: DrillTimeline, width = 100) => drillLines(timeline, look(width));

  it('says the loss, the times, the phases in a line, and draws the curves with the fault under them', () => {
    const report = lines(drillTimeline());
    expect(report[0]).toMatch(
      /^ {2}lost 0 commits · exposure 5\.3 s of at most 5 min 00 s · RTO 2\.4 s of at most 30 min 00 s · full/,
    );
    expect(report.slice(1, 4).join('\n')).toContain(
      'fault → detect 900 ms → decide 100 ms → fence 150 ms → promote 650 ms',
    );
    const commits = report.find((line) => line.includes('commits/s')) ?? '';
    const arrow = report.find((line) => line.includes('▲')) ?? '';
    // What is drawn above the arrow is the end of the good rate: right of it there is nothing.
    expect(commits.slice(arrow.indexOf('▲') + 1, arrow.indexOf('▲') + 4)).toBe('▁▁▁');
    expect(commits[arrow.indexOf('▲') - 1]).toMatch(/[▆▇█]/);
    expect(report.at(-1)).toMatch(/^ +−8\.0 s +fault +\+22\.0 s$/);
  });

  it('says that writes were never good again', () => {
    expect(lines(drillTimeline({ broken: true })).join(' ')).toContain('lost 412 commits, 1.3 s');
    expect(lines(drillTimeline({ broken: true })).join(' ')).toContain('RTO never of at most 30 min');
  });

  it.each([40, 60, 80, 100, 140])('keeps to %i columns', (width) => {
    for (const timeline of [drillTimeline(), drillTimeline({ broken: true }), restoreTimeline()])
      for (const line of lines(timeline, width)) expect(line.length).toBeLessThanOrEqual(width);
  });

  it('has no colour where none is asked for, and nothing but colour more where it is', () => {
    const evidence = sampleEvidence({ drills: true, hostile: true });
    const [bare, coloured] = [false, true].map((color) => renderTerminal(evidence, { color, width: 100 }));
    expect(bare).not.toContain(String.fromCharCode(0x1b));
    expect(coloured).not.toBe(bare);
    expect(stripVTControlCharacters(coloured ?? '')).toBe(bare);
    expect(bare).toContain('saas.recovery.failover proved');
  });

  it('leaves out the curves where there is no room or no curve', () => {
    expect(lines({ ...drillTimeline(), series: [] }).join()).not.toContain('▲');
    expect(lines(drillTimeline(), 24).join()).not.toContain('▲');
  });

  it('takes any name for a curve', () => {
    const series = ['constructor', '__proto__'].map((name) => ({
      name,
      unit: 'toString',
      points: [[0, 1] as [number, number]],
    }));
    const report = lines({ ...drillTimeline(), series });
    expect(report.join()).toContain('constructor');
    expect(report.join()).toContain('__proto__');
  });

  it('draws the mean of a rate and the peak of everything else', () => {
    const series = (name: string) => ({
      name,
      unit: '',
      points: [
        [0, 0],
        [10, 8],
        [90, 4],
        [100, 4],
      ] as [number, number][],
    });
    expect(sparkline(series('commits'), { from: 0, to: 100 }, 4)).toBe('▅▅▅▅');
    expect(sparkline(series('lag'), { from: 0, to: 100 }, 4)).toBe('███▅');
  });
});
