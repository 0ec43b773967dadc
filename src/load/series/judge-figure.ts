import { median } from 'simple-statistics';
import type { Figure } from './model.ts';
import { cliffsDelta, qn } from './robust.ts';

export interface SeriesLimits {
  /** Runs before that are looked at: the newest so many. */
  readonly window: number;
  /** With fewer nothing is said. */
  readonly fewest: number;
  /** Relative change that matters to anyone; smaller ones are no regression however clear. */
  readonly leastEffect: number;
}

export const usualLimits: SeriesLimits = { window: 20, fewest: 6, leastEffect: 0.03 };

export type FigureStanding = 'worse' | 'better' | 'same' | 'not enough runs';

/** A figure of one run or of several, against what it was before. */
export interface FigureJudgement {
  readonly standing: FigureStanding;
  /** Median of the judged runs. */
  readonly value: number;
  /** Runs before that have the figure. */
  readonly runs: number;
  /** Median of the runs before. */
  readonly usual?: number;
  /** Judged ÷ usual; absent where one is not above 0. */
  readonly ratio?: number;
  /** Standard deviation of the runs before, by Qn: relative where `ratio` is there, else in the figure's unit. */
  readonly noise?: number;
  /** Where 96 of 100 runs would lie if nothing had changed. */
  readonly expected?: readonly [low: number, high: number];
  /** Cliff's delta, −1 to 1; its sign is that of the change, not of its worth. */
  readonly delta?: number;
}

/**
 * Judges by effect size: the Hodges–Lehmann shift (median of all differences between judged runs and runs before) in units of the noise, which is Qn of the
 * runs before. On logarithms where all values are above 0, since noise goes with the size of a figure. `worse` or `better` needs both: a
 * shift beyond what 96 % of unchanged runs show, and one that matters (`leastEffect`). The order of the runs plays no part.
 * Source of the shift: J. L. Hodges and E. L. Lehmann, Estimates of Location Based on Rank Tests (1963).
 */
export function judgeFigure(
  better: Figure['better'],
  judged: readonly number[],
  before: readonly number[],
  { fewest, leastEffect }: SeriesLimits = usualLimits,
): FigureJudgement {
  if (judged.length === 0) throw new RangeError('no run to judge');
  const value = median([...judged]);
  const runs = before.length;
  if (runs < Math.max(fewest, smallest)) return { standing: 'not enough runs', value, runs };
  const relative = [...judged, ...before].every((each) => each > 0);
  const to = relative ? Math.log : (each: number) => each;
  const from = relative ? Math.exp : (each: number) => each;
  const [now, then] = [judged.map(to), before.map(to)];
  const shift = median(now.flatMap((a) => then.map((b) => a - b)));
  const noise = qn(then);
  const limit = criticalShift(judged.length, runs) * noise;
  const usual = median([...before]);
  // From 0 any change matters.
  const matters = relative
    ? Math.abs(shift) >= Math.log1p(leastEffect)
    : Math.abs(shift) > leastEffect * Math.abs(usual);
  const changed = matters && Math.abs(shift) > limit;
  const up = shift > 0 === (better === 'higher');
  const center = median(then);
  return {
    standing: changed ? (up ? 'better' : 'worse') : 'same',
    value,
    runs,
    usual,
    ...(relative ? { ratio: Math.exp(shift) } : {}),
    noise,
    expected: [from(center - limit), from(center + limit)],
    delta: judged.reduce((sum, each) => sum + cliffsDelta(each, before), 0) / judged.length,
  };
}

const smallest = 5;

/**
 * |x − median| ÷ Qn that one normal value exceeds in 4 % of cases against n others, n from 5: by simulation, 80,000 to 200,000 series each. Student's t is too
 * small here, as Qn of few values scatters more than their standard deviation.
 */
const critical = [
  4.97, 3.443, 3.377, 2.924, 2.894, 2.666, 2.688, 2.546, 2.533, 2.456, 2.45, 2.389, 2.381, 2.359, 2.334,
  2.315,
];

/** For several judged values the shift scatters less, as the mean of so many would: near enough, by simulation 4 to 5 % of alarms. */
function criticalShift(judged: number, before: number): number {
  const one = critical[Math.min(before - smallest, critical.length - 1)] ?? 0;
  return one * Math.sqrt((1 / judged + 1 / before) / (1 + 1 / before));
}
