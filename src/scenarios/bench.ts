import type { RunMeans } from '../checks/check.ts';
import type { AnyCluster } from '../cluster/cluster.ts';
import { overClient } from '../cluster/over-client.ts';
import type { ValidDesign } from '../design/validate.ts';
import type { Stage } from './stage.ts';
import type { Bench } from './trial.ts';

export interface BenchPlace {
  readonly cluster: AnyCluster;
  /** A copy of the stage's database, or that itself. */
  readonly database: string;
  readonly stage: Stage;
  readonly design: ValidDesign;
  readonly signal: AbortSignal;
  readonly run?: RunMeans;
}

/** Does work on a connection of its own, which is closed after it, or when the signal is aborted. */
export async function withBench<T>(place: BenchPlace, work: (bench: Bench) => Promise<T>): Promise<T> {
  const { cluster, database, stage, design, signal, run } = place;
  const client = await cluster.primary.connect({ database });
  return overClient(client, signal, () =>
    work({
      client,
      cluster,
      template: stage.database,
      design,
      catalog: stage.catalog,
      actors: stage.actors,
      ...(run === undefined ? {} : { run }),
    }),
  );
}
