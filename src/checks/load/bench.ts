import { LoadBench } from '../../load/drive/bench.ts';
import type { CheckContext, RunMeans } from '../check.ts';
import { around } from '../topology/around.ts';

/** A check of load with the run that it is part of. */
export type LoadContext = CheckContext & { readonly run: RunMeans };

/** Only a run on servers that pgattest started and filled can drive load. */
export function loadContext(context: CheckContext): LoadContext {
  const { run } = context;
  if (run === undefined) throw new Error('a check of load outside a run that filled the database');
  return { ...context, run };
}

/** What drives load at the cluster of the run. The run opens it once and closes it. */
export async function benchOf(context: LoadContext): Promise<LoadBench> {
  const { design, run } = context;
  const { cluster } = around(context);
  const { database, filled, signal, progress } = run;
  const bench = await run.loadBench.take(() =>
    LoadBench.open({ cluster, design, database, filled, signal, progress }),
  );
  return bench.for({ design, progress });
}

/** Seconds that the pace of the run makes of usual ones, not fewer than a judge needs. */
export function paced({ run }: LoadContext, seconds: number, atLeast = 5): number {
  return Math.max(atLeast, Math.round(seconds * run.pace));
}
