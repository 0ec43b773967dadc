import type {
  BoundFigures,
  JudgeInput,
  LatencyBound,
  Limits,
  MeasuredRun,
  Reason,
  RunFigures,
} from './model.ts';
import { reaches } from './rates.ts';
import { count, milliseconds, percent } from './words.ts';

/** One thing that is promised, and which runs kept it; `undefined` for one that says nothing of it. */
export interface Criterion {
  readonly code: 'rate-missed' | 'work-dropped' | 'latency-missed';
  readonly kept: readonly (boolean | undefined)[];
  readonly bound?: LatencyBound;
  /** What was missed, in figures. */
  readonly says: string;
}

export function criteria(
  input: JudgeInput,
  figures: readonly RunFigures[],
  bounds: readonly BoundFigures[],
  limits: Limits,
): readonly Criterion[] {
  return [
    ...(['read', 'write'] as const).map((kind) => rate(input, figures, kind, limits)),
    drops(input, figures),
    ...bounds.map(latency),
  ];
}

function rate(
  { target }: JudgeInput,
  figures: readonly RunFigures[],
  kind: 'read' | 'write',
  limits: Limits,
): Criterion {
  const means = figures.map((run) => count(run[kind].mean)).join(', ');
  const reached = figures.map((run) => percent(run[kind].reached)).join(', ');
  return {
    code: 'rate-missed',
    kept: figures.map((run) => reaches(run[kind], target[kind], limits)),
    says: `${means} ${kind}s/s of ${count(target[kind])}, which ${reached} of the seconds reached`,
  };
}

function drops({ target, runs }: JudgeInput, figures: readonly RunFigures[]): Criterion {
  const shares = runs.map(({ measured: { end } }) => {
    const { dropped = 0, scheduled } = end ?? {};
    return dropped === 0 ? 0 : scheduled === undefined || scheduled === 0 ? 1 : dropped / scheduled;
  });
  const dropped = figures.map((run) => count(run.dropped)).join(', ');
  return {
    code: 'work-dropped',
    kept: shares.map((share) => share <= (target.dropRate ?? 0)),
    says: `${dropped} transactions were due and never sent`,
  };
}

function latency({ actual, ...figures }: BoundFigures): Criterion {
  const { of, percentile, milliseconds: most } = figures;
  const found = actual.map((each) => (each === undefined ? '?' : milliseconds(each))).join(', ');
  return {
    code: 'latency-missed',
    kept: actual.map((each) => (each === undefined ? undefined : each <= most)),
    bound: { of, percentile, milliseconds: most },
    says: `p${percentile} of ${of} was ${found}, of at most ${milliseconds(most)}`,
  };
}

/** Of the seconds up to the last one that missed, so many missed too: else it was no warm-up, but stalls. */
const coldShare = 0.9;

/** Runs that missed on their way to where the target holds: a beginning that missed throughout, then a third of each that held. */
export function notWarm({ target }: JudgeInput, missed: readonly MeasuredRun[]): Reason | undefined {
  const cold = missed.map(({ measured: { seconds } }) => {
    const below = seconds.map(({ read, write }) => read < target.read || write < target.write);
    const length = below.lastIndexOf(true) + 1;
    const share = below.filter((each) => each).length / length;
    return length > 0 && share >= coldShare && length <= (2 * seconds.length) / 3 ? length : undefined;
  });
  if (cold.includes(undefined)) return undefined;
  const longest = Math.max(...cold.map((length) => length ?? 0));
  return {
    code: 'not-warm',
    says: `only the first ${longest} s missed, all that came after held: drop more of the beginning`,
  };
}
