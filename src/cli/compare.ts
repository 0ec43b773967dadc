import { readRun } from '../evidence/index.ts';
import { exitCodes } from '../evidence/verdict.ts';
import { compareRuns, isWorse, readSeries, type SeriesEntry, seriesFile } from '../load/series/index.ts';
import { findRun } from './find-run.ts';
import { colorOf, print } from './output.ts';
import { renderComparison } from './render-compare.ts';

export interface CompareCommandOptions {
  readonly runs: string;
  /** Folder of the series. */
  readonly series: string;
  readonly json?: boolean;
}

/** `pgattest compare`: exit code 1 when the second run is worse than the first. */
export async function compare(from: string, to: string, options: CompareCommandOptions): Promise<void> {
  const evidence = await Promise.all(
    [from, to].map(async (name) => readRun(await findRun(name, options.runs))),
  );
  const [a, b] = evidence;
  if (a === undefined || b === undefined) throw new RangeError('two runs are compared');
  const entries: SeriesEntry[] = [];
  for (const design of new Set([a.plan.design, b.plan.design])) {
    const file = seriesFile(options.series, design);
    const series = await readSeries(file);
    entries.push(...series.entries);
    for (const { line, says } of series.skipped)
      process.stderr.write(`pgattest: ${file}:${line}: left out: ${says}\n`);
  }
  const of = (each: typeof a) => {
    const entry = entries.find(({ run }) => run === each.plan.run);
    return entry === undefined ? { evidence: each } : { evidence: each, entry };
  };
  const comparison = compareRuns(of(a), of(b), entries);
  print(
    options.json === true
      ? JSON.stringify(comparison, null, 2)
      : renderComparison(comparison, { color: colorOf(process.stdout) }),
  );
  process.exitCode = isWorse(comparison) ? exitCodes.refuted : exitCodes.proved;
}
