import path from 'node:path';
import { onTestFinished } from 'vitest';
import { assess } from '../../../src/checks/recovery/assess.ts';
import { validateDesign } from '../../../src/design/validate.ts';
import type { Fault, FaultTarget } from '../../../src/faults/fault.ts';
import { patroniFailover as drill } from '../../../src/recovery/drills/patroni-failover.ts';
import type { Seen } from '../../../src/recovery/model.ts';
import { openScene } from '../../../src/recovery/scene.ts';
import type { Timeline } from '../../../src/recovery/timeline.ts';
import { notes } from '../../checks/topology/design.ts';
import { scratchFolder } from '../../cluster/support.ts';
import { database, drillCluster } from './patroni-cluster.ts';

const design = validateDesign(notes, 'notes.ts');

export interface Played {
  readonly timeline: Timeline;
  readonly seen: readonly Seen[];
  readonly acknowledged: number;
}

/** The drill under the ledger's load, with a fault or without, and all that is to be seen afterwards. */
export async function play(fault?: Fault): Promise<Played> {
  const cluster = await drillCluster();
  onTestFinished(() => cluster.close());
  // The faults of this drill ask for no session.
  await fault?.inject({ cluster } as FaultTarget);
  const scene = await openScene({
    cluster,
    design,
    database,
    file: path.join(scratchFolder(), 'ledger.jsonl'),
    hurried: fault !== undefined,
    signal: new AbortController().signal,
    progress: () => {},
  });
  try {
    const recovered = await drill.run(scene);
    try {
      const targets = { rpo: 300_000, rto: 1_800_000 };
      const { seen } = await assess(scene, drill, recovered, { targets, again: undefined });
      return { timeline: scene.timeline, seen, acknowledged: scene.load.counts.acknowledged };
    } finally {
      await recovered.close?.();
    }
  } finally {
    await scene.load.stop();
  }
}

/** What is not as expected: subject and what it was instead. */
export const amiss = (seen: readonly Seen[]): readonly string[] =>
  seen.flatMap(({ subject, way, actual, agrees }) => (agrees ? [] : [`${subject}: ${way}: ${actual}`]));
