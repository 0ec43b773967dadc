import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/design/config-error.ts';
import { DrillTimeline, maxPoints } from '../../../src/evidence/index.ts';
import { type Point, thin } from '../../../src/evidence/thin.ts';
import { measure } from '../../../src/recovery/measures.ts';
import { targetsOf } from '../../../src/recovery/targets.ts';
import { Timeline } from '../../../src/recovery/timeline.ts';
import { timelineEvidence } from '../../../src/recovery/to-evidence.ts';

const curve = fc
  .array(fc.integer({ min: -1_000, max: 1_000 }), { maxLength: 3_000 })
  .map((values) => values.map((value, index): Point => [index * 7, value]));

describe('thinning', () => {
  it('keeps the bound, the order, both ends and both extremes, and adds nothing', () => {
    fc.assert(
      fc.property(curve, fc.integer({ min: 4, max: 700 }), (points, most) => {
        const kept = thin(points, most);
        expect(kept.length).toBeLessThanOrEqual(Math.max(most, 0));
        expect(kept[0]).toBe(points[0]);
        expect(kept.at(-1)).toBe(points.at(-1));
        expect(kept.every((point, index) => index === 0 || (kept[index - 1]?.[0] ?? 0) < point[0])).toBe(
          true,
        );
        const known = new Set(points);
        expect(kept.every((point) => known.has(point))).toBe(true);
        const values = (each: readonly Point[]) => each.map(([, value]) => value);
        if (points.length > 0) {
          expect(Math.max(...values(kept))).toBe(Math.max(...values(points)));
          expect(Math.min(...values(kept))).toBe(Math.min(...values(points)));
        }
      }),
    );
  });

  it('leaves alone what is short enough', () => {
    const points: Point[] = [
      [0, 1],
      [1, 2],
    ];
    expect(thin(points, 4)).toBe(points);
  });
});

describe('a timeline as evidence', () => {
  const timeline = new Timeline();
  timeline.mark('first-good', 'a commit is acknowledged', 7_123.456);
  timeline.mark('fault', 'the primary is killed', 5_000.04);
  timeline.point('lag', 'bytes', 12, 300);
  timeline.point('lag', 'bytes', Number.NaN, 400);
  timeline.point('lag', 'bytes', 7, 100);
  for (let at = 0; at < 20_000; at++) timeline.point('commits', 'commits/s', at === 4_321 ? 9_999 : 100, at);
  const measures = measure({
    marks: timeline.marks,
    series: timeline.series,
    lost: { count: 0, first: [] },
    ledgerBegan: 0,
    loses: 'nothing',
    recovered: { serving: true },
    targets: {},
  });
  const evidence = timelineEvidence(timeline, measures);

  it('follows its schema, in order of time, with the full rate as a mark', () => {
    expect(DrillTimeline.parse(evidence)).toEqual(evidence);
    expect(evidence.marks.map(({ name, at }) => [name, at])).toEqual([
      ['fault', 5_000],
      ['first-good', 7_123.5],
      ['full-rate', 7_124],
    ]);
  });

  it('holds curves that are bounded, ordered and finite, with their peaks', () => {
    const [lag, commits] = evidence.series;
    expect(lag?.points).toEqual([
      [100, 7],
      [300, 12],
    ]);
    expect(commits?.points.length).toBeLessThanOrEqual(maxPoints);
    expect(commits?.points).toContainEqual([4_321, 9_999]);
  });
});

describe('targets of a design', () => {
  it.each([
    ['5min', 300_000],
    ['30 min', 1_800_000],
    ['1.5h', 5_400_000],
    ['250ms', 250],
    ['1d', 86_400_000],
  ])('%s', (rto, milliseconds) => {
    expect(targetsOf({ rto }, 'saas')).toEqual({ rto: milliseconds });
  });

  it.each(['5', '5 minutes', 'soon', '', '-5min', '5constructor', '1h 30min'])('refuse %j', (rpo) => {
    expect(() => targetsOf({ rpo }, 'saas')).toThrow(ConfigError);
    expect(() => targetsOf({ rpo }, 'saas')).toThrow(
      /^saas: targets\.rpo: '.*' is no duration; write a number/,
    );
  });
});
