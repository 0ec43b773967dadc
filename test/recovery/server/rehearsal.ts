import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { On } from '../../../src/cluster/binaries.ts';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { type Machine, thisMachine } from '../../../src/cluster/machine.ts';
import { Session } from '../../../src/cluster/session.ts';
import { type ValidDesign, validateDesign } from '../../../src/design/validate.ts';
import type { Fault } from '../../../src/faults/fault.ts';
import { compareLedger } from '../../../src/recovery/ledger/compare.ts';
import type { LedgerComparison } from '../../../src/recovery/ledger/model.ts';
import type { Drill, Recovered } from '../../../src/recovery/model.ts';
import { type OpenScene, openScene } from '../../../src/recovery/scene.ts';
import type { Timeline } from '../../../src/recovery/timeline.ts';
import { designedTopology } from '../../../src/scenarios/wished-topology.ts';
import { notes } from '../../checks/topology/design.ts';

export interface Rehearsed {
  readonly recovered: Recovered;
  readonly comparison: LedgerComparison;
  readonly timeline: Timeline;
  /** Writes were good again for two seconds. */
  readonly good: boolean;
  /** What did not agree. */
  readonly wrong: readonly string[];
  /** The drill has come out as broken: a counterexample must. */
  readonly broken: boolean;
}

export interface RehearseOptions {
  readonly on?: On;
  readonly fault?: Fault;
  readonly machine?: Machine;
}

export const design: ValidDesign = validateDesign(
  { ...notes, targets: { rpo: '5min', rto: '30min' } },
  import.meta.filename,
);
const database = 'notes';
const goodForMs = 2_000;
const goodWithinMs = 30_000;
const hurriedMs = 8_000;

/** One trial of a drill, on a cluster of its own with the ledger's writers at work. Leaves nothing. */
export async function rehearse(drill: Drill, options: RehearseOptions = {}): Promise<Rehearsed> {
  const { on = 'auto', fault, machine = thisMachine() } = options;
  const wish = designedTopology(design);
  const cluster = await startCluster({
    on,
    settings: design.postgres.settings,
    throwaway: false,
    machine,
    topology: { wish: drill.topology?.(wish) ?? wish, database },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'pgattest-drill-'));
  const ending = new AbortController();
  let scene: OpenScene | undefined;
  let recovered: Recovered | undefined;
  try {
    await prepare(cluster, fault);
    scene = await openScene({
      cluster,
      design,
      database,
      file: path.join(folder, 'ledger.jsonl'),
      hurried: fault !== undefined,
      signal: ending.signal,
      progress: () => {},
    });
    recovered = await drill.run(scene);
    const good =
      !recovered.serving || (await goodAgain(scene, fault === undefined ? goodWithinMs : hurriedMs));
    await scene.load.stop();
    const { server, seen } = recovered;
    const comparison = await compareLedger({
      file: scene.load.file,
      connect: () => server.connect({ database }),
    });
    const wrong = seen
      .filter(({ agrees }) => !agrees)
      .map(({ subject, way, actual }) => `${subject}: ${way}: ${actual}`);
    const { lost, phantom, duplicate, torn } = comparison;
    const whole = [lost, phantom, duplicate, torn].every(({ count }) => count === 0);
    const { timeline } = scene;
    return { recovered, comparison, timeline, good, wrong, broken: wrong.length > 0 || !good || !whole };
  } finally {
    await recovered?.close?.();
    ending.abort();
    await scene?.load.stop().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
    await cluster.close();
  }
}

async function goodAgain({ load, signal }: OpenScene, withinMs: number): Promise<boolean> {
  return (await load.goodAgain(performance.now(), goodForMs, withinMs, signal)) !== undefined;
}

/** As a trial: the fault is in before the ledger's tables are there. */
async function prepare(cluster: Cluster, fault: Fault | undefined): Promise<void> {
  const { primary } = cluster;
  await primary.createDatabase(database);
  const client = await primary.connect({ database });
  try {
    await client.query(`CREATE ROLE ${pg.escapeIdentifier(design.request.role)}`);
    await fault?.inject({ session: new Session(client), cluster });
  } finally {
    await client.end();
  }
}
