import { checkOf } from '../../../src/checks/index.ts';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { type ValidDesign, validateDesign } from '../../../src/design/validate.ts';
import type { Fault } from '../../../src/faults/fault.ts';
import { withBench } from '../../../src/scenarios/bench.ts';
import { type Proof, prove } from '../../../src/scenarios/prove.ts';
import { database, type Stage, setStage } from '../../../src/scenarios/stage.ts';
import { runTrial, type TrialResult } from '../../../src/scenarios/trial.ts';
import { wishedTopology } from '../../../src/scenarios/wished-topology.ts';
import { notes } from './design.ts';

/** The notes on their servers, all of them. */
export interface Stand {
  readonly cluster: Cluster;
  readonly design: ValidDesign;
  readonly stage: Stage;
  /** The whole proof of a claim. */
  prove(claim: string): Promise<Proof>;
  /** One trial of a claim, with a fault or on the cluster as it is. */
  try(claim: string, fault?: Fault): Promise<TrialResult>;
  close(): Promise<void>;
}

export async function openStand(): Promise<Stand> {
  const design = validateDesign(notes, import.meta.filename);
  const wish = wishedTopology(design, design.claims);
  if (wish === undefined) throw new Error('no claim of topology');
  const cluster = await startCluster({
    on: 'auto',
    settings: design.postgres.settings,
    throwaway: false,
    topology: { wish, database },
  });
  const { signal } = new AbortController();
  try {
    const stage = await setStage(cluster, design, {
      seed: 1,
      scale: 1,
      now: new Date(),
      signal,
      onEvent: () => {},
    });
    const options = { cluster, database, stage, design, signal };
    const claimOf = (id: string) => {
      const claim = design.claims.find((each) => each.id === `notes.topology.${id}`);
      if (claim?.check === undefined) throw new Error(`no claim ${id}`);
      return { claim, call: claim.check, check: checkOf(claim.check.kind) };
    };
    return {
      cluster,
      design,
      stage,
      prove: (id) =>
        withBench(options, (bench) => prove(bench, claimOf(id).claim, cluster.capabilities, new Map())),
      try: (id, fault) =>
        withBench(options, (bench) => {
          const { call, check } = claimOf(id);
          if (check === undefined) throw new Error(`no check ${call.kind}`);
          return runTrial(bench, check, call, {
            memory: new Map(),
            ...(fault === undefined ? {} : { fault }),
          });
        }),
      close: () => cluster.close(),
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
