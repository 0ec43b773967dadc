import { checkOf } from '../../../src/checks/index.ts';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import type { Design } from '../../../src/design/design.ts';
import { validateDesign } from '../../../src/design/validate.ts';
import type { Fault } from '../../../src/faults/fault.ts';
import { KeptBench } from '../../../src/load/drive/kept-bench.ts';
import { k6IsAtHand } from '../../../src/load/k6/at-hand.ts';
import { withBench } from '../../../src/scenarios/bench.ts';
import { type Proof, prove } from '../../../src/scenarios/prove.ts';
import { database, setStage } from '../../../src/scenarios/stage.ts';
import { type Memory, runTrial, type TrialResult } from '../../../src/scenarios/trial.ts';
import { wishedTopology } from '../../../src/scenarios/wished-topology.ts';

/** A design under load on a cluster of its own, as a run has it. */
export interface Stand {
  readonly cluster: Cluster;
  /** Files that checks left beside the evidence, and figures for the series. */
  readonly attached: ReadonlyMap<string, string>;
  readonly figures: ReadonlyMap<string, number>;
  /** What claims of one run remember for one another. */
  readonly memory: Memory;
  prove(claim: string): Promise<Proof>;
  /** One trial of a claim, with a fault or as it is. */
  try(claim: string, fault?: Fault): Promise<TrialResult>;
  close(): Promise<void>;
}

export async function openStand(given: Design, file: string): Promise<Stand> {
  const design = validateDesign(given, file);
  const wish = wishedTopology(design, design.claims);
  if (wish === undefined) throw new Error('no claim of load');
  const cluster = await startCluster({
    on: 'auto',
    settings: design.postgres.settings,
    throwaway: false,
    topology: { wish, database },
  });
  const { signal } = new AbortController();
  try {
    const now = new Date();
    const filled = { seed: 1, scale: 1, now };
    const stage = await setStage(cluster, design, { ...filled, signal, onEvent: () => {} });
    const attached = new Map<string, string>();
    const figures = new Map<string, number>();
    const memory: Memory = new Map();
    const loadBench = new KeptBench();
    const run = {
      database: stage.database,
      filled,
      // What a claim says by itself of its seconds it takes all the same.
      pace: 0.25,
      loadBench,
      signal,
      attach: async (name: string, content: string) => void attached.set(name, content),
      attachment: (name: string) => name,
      figure: (name: string, { value }: { readonly value: number }) => void figures.set(name, value),
      progress: () => {},
    };
    const options = { cluster, database, stage, design, signal, run };
    const able = new Set([...cluster.capabilities, ...(k6IsAtHand() ? (['k6'] as const) : [])]);
    const claimOf = (id: string) => {
      const claim = design.claims.find((each) => each.id.endsWith(`.${id}`));
      if (claim?.check === undefined) throw new Error(`no claim ${id}`);
      const check = checkOf(claim.check.kind);
      if (check === undefined) throw new Error(`no check ${claim.check.kind}`);
      return { claim, call: claim.check, check };
    };
    // What is copied for a trial may have nobody connected to it.
    const placeOf = (id: string) =>
      claimOf(id).check.isolation === 'database' ? { ...options, database: 'postgres' } : options;
    return {
      cluster,
      attached,
      figures,
      memory,
      prove: (id) => withBench(placeOf(id), (bench) => prove(bench, claimOf(id).claim, able, memory)),
      try: (id, fault) =>
        withBench(placeOf(id), (bench) => {
          const { call, check } = claimOf(id);
          return runTrial(bench, check, call, { memory, ...(fault === undefined ? {} : { fault }) });
        }),
      close: async () => {
        await loadBench.discard();
        await cluster.close();
      },
    };
  } catch (error) {
    await cluster.close();
    throw error;
  }
}
