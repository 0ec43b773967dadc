import type { SeriesJudgement } from '../load/series/index.ts';

/** What a run's figures are against those before: a line for each that is beyond noise, or one that says why nothing is said. */
export function seriesLines(series: SeriesJudgement | undefined): readonly string[] {
  if (series === undefined) return [];
  const { standing, before, figures } = series;
  if (standing === 'not enough runs') {
    const runs = before.length === 1 ? '1 run' : `${before.length} runs`;
    return [`series: ${runs} like this one before it, too few to tell a regression from noise`];
  }
  const beyond = figures.filter((figure) => figure.standing === 'worse' || figure.standing === 'better');
  if (beyond.length === 0)
    return [`series: no figure is beyond the noise of the ${before.length} runs before`];
  return beyond.map(({ name, standing: is, value, usual, unit, confirmed }) => {
    const again = confirmed ? ', as in the run before' : '';
    return `series: ${name} is ${is}: ${value.toPrecision(4)} ${unit}, usually ${usual?.toPrecision(4) ?? '?'}${again}`;
  });
}
