import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Cluster, type ClusterOptions, startCluster } from '../../../src/cluster/cluster.ts';
import type { TopologyWish } from '../../../src/cluster/topology.ts';
import type { ValidDesign } from '../../../src/design/validate.ts';
import type { Fault } from '../../../src/faults/fault.ts';
import { compareLedger } from '../../../src/recovery/ledger/compare.ts';
import type { LedgerComparison } from '../../../src/recovery/ledger/model.ts';
import type { Drill, MarkName, Recovered } from '../../../src/recovery/model.ts';
import { openScene } from '../../../src/recovery/scene.ts';
import { over } from './over.ts';

export interface Trial {
  readonly recovered: Recovered;
  /** What does not agree, and what the ledger misses, in sentences. None: the drill holds. */
  readonly broken: readonly string[];
  /** Undefined where the recovered server does not answer. */
  readonly comparison: LedgerComparison | undefined;
  /** Milliseconds after the fault, of the first of each name. */
  readonly marks: ReadonlyMap<MarkName, number>;
}

export interface TrialOptions {
  readonly topology: ValidDesign['topology'];
  readonly fault?: Fault;
  readonly cluster?: Partial<ClusterOptions>;
}

/** Writes are good again when nothing goes wrong for so long. */
const goodMs = 1_000;
const limitMs = 15_000;

/** One trial of a drill on a small cluster of its own, as the check of drills has it: fault, load, disaster, ledger. */
export async function trial(drill: Drill, options: TrialOptions): Promise<Trial> {
  const { topology, fault } = options;
  const design = { file: 'small.ts', topology, request: { role: 'app' } } as unknown as ValidDesign;
  const { replicas, synchronous: count, archive, pooler } = topology;
  const wish: TopologyWish = {
    replicas,
    ...(count === undefined ? {} : { synchronous: count }),
    ...(archive === undefined ? {} : { archive }),
    ...(pooler === undefined
      ? {}
      : {
          pooler: {
            mode: pooler.mode,
            maxClients: pooler.maxClients,
            poolSize: pooler.poolSize,
            writer: pooler.writer,
          },
        }),
  };
  const folder = mkdtempSync('/tmp/pgattest-test-');
  const cluster = await startCluster({
    on: 'auto',
    settings: { shared_buffers: '16MB', max_connections: 60 },
    throwaway: false,
    topology: { database: 'app', wish: drill.topology?.(wish) ?? wish },
    ...options.cluster,
  });
  try {
    await cluster.primary.createDatabase('app');
    await over(cluster.primary, 'CREATE ROLE app LOGIN');
    await inject(cluster, fault);
    return await attempt(cluster, design, drill, path.join(folder, 'ledger.jsonl'), fault !== undefined);
  } finally {
    await cluster.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inject(cluster: Cluster, fault: Fault | undefined): Promise<void> {
  // Faults of the cluster connect by themselves.
  const session = undefined as unknown as Parameters<Fault['inject']>[0]['session'];
  await fault?.inject({ cluster, session });
}

async function attempt(
  cluster: Cluster,
  design: ValidDesign,
  drill: Drill,
  file: string,
  hurried: boolean,
): Promise<Trial> {
  const signal = new AbortController().signal;
  const scene = await openScene({
    cluster,
    design,
    database: 'app',
    file,
    hurried,
    signal,
    progress: () => {},
  });
  const { load, timeline } = scene;
  let recovered: Recovered | undefined;
  try {
    recovered = await drill.run(scene);
    const { server, seen, serving } = recovered;
    const fault = timeline.when('fault');
    if (fault === undefined) throw new Error('nothing was broken');
    const since = timeline.when('rerouted') ?? fault;
    const good = serving
      ? await load.goodAgain(timeline.steady(since), goodMs, hurried ? limitMs / 3 : limitMs, signal)
      : since;
    await load.stop();
    const began = timeline.at(load.origin);
    const gap = { from: fault - began, to: (timeline.when('rerouted') ?? fault) - began };
    const comparison = await compareLedger({
      file,
      connect: () => server.connect({ database: 'app' }),
      ...(timeline.when('promoted') === undefined ? {} : { breaks: [gap] }),
    }).catch(() => undefined);
    const loses = typeof drill.loses === 'function' ? drill.loses(design) : drill.loses;
    const broken = [
      ...seen
        .filter(({ agrees }) => !agrees)
        .map(({ subject, way, actual }) => `${subject}, ${way}: ${actual}`),
      ...(good === undefined ? ['writes are not good again'] : []),
      ...(comparison === undefined ? ['the recovered server does not answer'] : wrong(comparison, loses)),
    ];
    const marks = new Map(timeline.marks.map(({ name, at }) => [name, at - fault]));
    return { recovered, broken, comparison, marks };
  } finally {
    await load.stop();
    await recovered?.close?.();
  }
}

function wrong(comparison: LedgerComparison, loses: 'nothing' | 'rpo'): readonly string[] {
  const { lost, phantom, duplicate, reordered, torn, invariants } = comparison;
  return [
    ...Object.entries({
      ...(loses === 'nothing' ? { lost } : {}),
      phantom,
      duplicate,
      reordered,
      torn,
    }).flatMap(([name, { count }]) => (count === 0 ? [] : [`${count} ${name}`])),
    ...invariants.filter(({ holds }) => !holds).map(({ says, actual }) => `${says}: ${actual}`),
  ];
}
