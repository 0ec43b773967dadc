import { thin } from '../evidence/thin.ts';
import { type DrillTimeline, maxPoints, type RecoveryMeasures } from '../evidence/timeline.ts';
import type { Mark, Series } from './model.ts';
import type { Timeline } from './timeline.ts';

/** A drill's timeline as its finding keeps it: in order, rounded, curves of at most 600 points with their extremes. */
export function timelineEvidence(
  timeline: Pick<Timeline, 'startedAt' | 'marks' | 'series'>,
  measures: RecoveryMeasures,
): DrillTimeline {
  return {
    startedAt: timeline.startedAt.toISOString(),
    marks: withFullRate(timeline.marks, measures)
      .toSorted((one, other) => one.at - other.at)
      .map((mark) => ({ ...mark, at: tenth(mark.at) })),
    series: timeline.series.map(curveOf),
    measures: roundedMeasures(measures),
  };
}

/** The drill does not know it: it is seen in the ledger afterwards. */
function withFullRate(marks: readonly Mark[], { rate }: RecoveryMeasures): readonly Mark[] {
  const fault = marks.find(({ name }) => name === 'fault');
  if (rate?.reached === undefined || fault === undefined || marks.some(({ name }) => name === 'full-rate'))
    return marks;
  const says = `commits are acknowledged at ${Math.round(rate.needed)} a second again, 95 % of the rate before`;
  return [...marks, { name: 'full-rate', says, at: fault.at + rate.reached }];
}

function curveOf({ name, unit, points }: Series): DrillTimeline['series'][number] {
  const finite = points.filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value));
  const ordered = finite.toSorted((one, other) => one[0] - other[0]);
  return {
    name,
    unit,
    points: thin(ordered, maxPoints).map(([at, value]) => [tenth(at), Number(value.toPrecision(6))]),
  };
}

/** The clock says more digits than it knows. */
function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Every number of the measures to a tenth: milliseconds, rates and amounts alike. */
function roundedMeasures(measures: RecoveryMeasures): RecoveryMeasures {
  return JSON.parse(JSON.stringify(measures), (_, value) =>
    typeof value === 'number' ? tenth(value) : value,
  );
}
