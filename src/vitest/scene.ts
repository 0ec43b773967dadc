import type pg from 'pg';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import type { ValidDesign } from '../design/validate.ts';
import { ownDatabase } from '../scenarios/own-database.ts';
import { type Stage, setStage } from '../scenarios/stage.ts';
import type { Bench } from '../scenarios/trial.ts';
import { closeWhenInterrupted } from './interrupt.ts';
import type { SuiteOptions } from './options.ts';

/** A cluster with a design's database, for one test file. */
export interface Scene {
  readonly design: ValidDesign;
  readonly stage: Stage;
  /** A copy of the stage's database: that one stays as filled, for checks that copy it. */
  connect(): Promise<pg.Client>;
  bench(client: pg.Client): Bench;
  /** Stops the server and removes every file. Safe to call twice. */
  close(): Promise<void>;
}

/** Starts a cluster, migrates and fills; nothing is left behind when that fails or is interrupted. */
export async function openScene(design: ValidDesign, options: SuiteOptions): Promise<Scene> {
  const release = closeWhenInterrupted();
  let cluster: Cluster | undefined;
  const close = async () => {
    await cluster?.close();
    release();
  };
  try {
    cluster = await startCluster({
      on: options.on ?? 'auto',
      settings: design.postgres.settings,
      throwaway: true,
    });
    const { primary } = cluster;
    const stage = await setStage(cluster, design, {
      seed: options.seed ?? 1,
      scale: options.scale ?? 1,
      now: new Date(),
      signal: new AbortController().signal,
      onEvent: () => {},
    });
    const { name } = await ownDatabase(primary, stage.database);
    const shared = {
      cluster,
      design,
      template: stage.database,
      catalog: stage.catalog,
      actors: stage.actors,
    };
    return {
      design,
      stage,
      connect: () => primary.connect({ database: name }),
      bench: (client) => ({ ...shared, client }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
