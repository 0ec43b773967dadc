import { type Point, thin } from '../../evidence/thin.ts';
import type { DrillTimeline } from '../../evidence/timeline.ts';

/** Moments that a picture spans. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Everything that is marked or drawn, with at least a second, so that nothing is divided by 0. */
export function rangeOf({ marks, series }: DrillTimeline): Range {
  const times = [
    ...marks.map(({ at }) => at),
    ...series.flatMap(({ points }) => [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0]),
  ];
  const from = times.reduce((least, at) => Math.min(least, at), times[0] ?? 0);
  const to = times.reduce((most, at) => Math.max(most, at), times[0] ?? 0);
  return to - from >= 1_000 ? { from, to } : { from, to: from + 1_000 };
}

/** Between 0, or the lowest where that is below, and the highest; never empty. */
export function heightOf(points: readonly Point[], atLeast = 0): Range {
  const values = points.map(([, value]) => value);
  const from = values.reduce((least, value) => Math.min(least, value), 0);
  const to = values.reduce((most, value) => Math.max(most, value), atLeast);
  return to > from ? { from, to } : { from, to: from + 1 };
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where a value of a range lies on a length, from 0. */
export function along(value: number, { from, to }: Range, length: number): number {
  return ((value - from) / (to - from)) * length;
}

export interface Curve {
  readonly line: string;
  /** The same, closed along the bottom. */
  readonly area: string;
}

/** Paths of SVG for a curve inside a box, of no more points than the box is wide. */
export function curve(points: readonly Point[], x: Range, y: Range, box: Box): Curve {
  const shown = thin(points, Math.max(4, Math.floor(box.width / 2)));
  const bottom = box.top + box.height;
  const steps = shown.map(
    ([at, value]) => `${px(box.left + along(at, x, box.width))} ${px(bottom - along(value, y, box.height))}`,
  );
  // A lone point has no length to be seen by.
  const line = `M${steps.join('L')}${steps.length === 1 ? 'h2' : ''}`;
  const end = shown.at(-1)?.[0] ?? x.to;
  const begin = shown[0]?.[0] ?? x.from;
  const foot = (at: number) => `${px(box.left + along(at, x, box.width))} ${px(bottom)}`;
  return { line, area: `${line}L${foot(end)}L${foot(begin)}Z` };
}

/** Bars from the bottom, one for each point above 0. */
export function bars(points: readonly Point[], x: Range, y: Range, box: Box): string {
  const bottom = box.top + box.height;
  return thin(points, Math.max(4, Math.floor(box.width / 2)))
    .filter(([, value]) => value > 0)
    .map(([at, value]) => {
      const left = px(box.left + along(at, x, box.width));
      return `M${left} ${px(bottom)}V${px(bottom - Math.max(1, along(value, y, box.height)))}`;
    })
    .join('');
}

/** A tenth of a pixel is enough. */
export function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Round distances from the fault, in milliseconds, at most `most` of them. */
export function ticks({ from, to }: Range, fault: number, most: number): readonly number[] {
  const span = (to - from) / most;
  const steps = [
    100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  ];
  const step = steps.find((each) => each >= span) ?? Math.ceil(span / 600_000) * 600_000;
  const first = Math.ceil((from - fault) / step);
  const last = Math.floor((to - fault) / step);
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
}
