import { type FigureJudgement, judgeFigure, type SeriesLimits, usualLimits } from './judge-figure.ts';
import { differences, type SeriesEntry } from './model.ts';

export interface RunFigure extends FigureJudgement {
  readonly name: string;
  readonly unit: string;
  /** The run before this one was beyond noise too, in the same direction, against the runs before both. */
  readonly confirmed: boolean;
}

/** One run against the runs before it that are like it. */
export interface SeriesJudgement {
  readonly run: string;
  /** `worse`: a figure is. `not enough runs`: no figure has enough before it. */
  readonly standing: 'worse' | 'same' | 'better' | 'not enough runs';
  readonly figures: readonly RunFigure[];
  /** Runs before that are like it, the newest of them, the oldest first. */
  readonly before: readonly string[];
  /** Runs before that are not, counted by what differs. */
  readonly apart: Readonly<Record<string, number>>;
}

export interface JudgeSeriesOptions extends Partial<SeriesLimits> {
  /** Leave out runs before this one: the first since a change that was meant. */
  readonly since?: string;
}

/** Judges a run of a series: the newest, or one by id. Undefined when it is not there. */
export function judgeSeries(
  entries: readonly SeriesEntry[],
  run?: string,
  { since, ...given }: JudgeSeriesOptions = {},
): SeriesJudgement | undefined {
  const limits = { ...usualLimits, ...given };
  const ordered = [...entries].sort(byTime);
  const judged = run === undefined ? ordered.at(-1) : ordered.find((entry) => entry.run === run);
  if (judged === undefined) return undefined;
  const first = ordered.findIndex((entry) => entry.run === since);
  const earlier = ordered.slice(Math.max(0, first), ordered.indexOf(judged));
  const alike = earlier.filter((entry) => differences(entry, judged).length === 0);
  const window = alike.slice(-limits.window);
  const figures = Object.entries(judged.figures).map(([name, { value, unit, better }]): RunFigure => {
    const values = (of: readonly SeriesEntry[]) => of.flatMap((entry) => entry.figures[name]?.value ?? []);
    const judgement = judgeFigure(better, [value], values(window), limits);
    const last = alike.at(-1)?.figures[name]?.value;
    const beyond = judgement.standing === 'worse' || judgement.standing === 'better';
    const ago =
      beyond && last !== undefined
        ? judgeFigure(better, [last], values(alike.slice(-limits.window - 1, -1)), limits)
        : undefined;
    return { name, unit, ...judgement, confirmed: ago?.standing === judgement.standing };
  });
  return {
    run: judged.run,
    standing: standingOf(figures),
    figures,
    before: window.map((entry) => entry.run),
    apart: apartBy(earlier, judged),
  };
}

function standingOf(figures: readonly RunFigure[]): SeriesJudgement['standing'] {
  for (const standing of ['worse', 'better', 'same'] as const) {
    if (figures.some((figure) => figure.standing === standing)) return standing;
  }
  return 'not enough runs';
}

function apartBy(earlier: readonly SeriesEntry[], judged: SeriesEntry): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const entry of earlier) {
    const [first] = differences(entry, judged);
    if (first !== undefined) counts[first] = (counts[first] ?? 0) + 1;
  }
  return counts;
}

/** The same whatever the order of the lines: two merged series are one. */
function byTime(a: SeriesEntry, b: SeriesEntry): number {
  return a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : a.run < b.run ? -1 : 1;
}
