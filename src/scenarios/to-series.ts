import { cpus } from 'node:os';
import type { Evidence, Plan } from '../evidence/index.ts';
import type { Verdict } from '../evidence/verdict.ts';
import {
  appendToSeries,
  type Figure,
  fingerprintOf,
  judgeSeries,
  readSeries,
  type SeriesEntry,
  type SeriesJudgement,
  seriesFile,
  seriesSchema,
} from '../load/series/index.ts';

/**
 * Adds the figures of a run to the series of its design and judges them against the runs before; undefined where no check had figures.
 *
 * @param folder of the series
 */
export async function addToSeries(
  folder: string,
  { plan, records }: Evidence,
  figures: ReadonlyMap<string, Figure>,
): Promise<SeriesJudgement | undefined> {
  const environment = records.map(({ entry }) => entry).find((entry) => entry.type === 'environment');
  if (figures.size === 0 || environment?.type !== 'environment') return undefined;
  const { machine, server, source } = environment;
  const processor = cpus()[0]?.model;
  const entry: SeriesEntry = {
    schema: seriesSchema,
    run: plan.run,
    startedAt: plan.startedAt,
    design: plan.design,
    scenario: plan.scenario,
    ...(plan.commit === undefined ? {} : { commit: plan.commit }),
    machine: fingerprintOf({ ...machine, server, ...(processor === undefined ? {} : { processor }) }),
    setup: setupOf(plan, source),
    verdicts: verdictsOf(records),
    figures: Object.fromEntries(figures),
  };
  const file = seriesFile(folder, plan.design);
  await appendToSeries(file, entry);
  const { entries } = await readSeries(file);
  return judgeSeries(entries, plan.run);
}

function setupOf({ scale, seed, minutes }: Plan, source: string): SeriesEntry['setup'] {
  return { scale, seed, source, ...(minutes === undefined ? {} : { minutes }) };
}

function verdictsOf(records: Evidence['records']): Record<string, Verdict> {
  return Object.fromEntries(
    records.flatMap(({ entry }) => (entry.type === 'verdict' ? [[entry.claim, entry.verdict] as const] : [])),
  );
}
