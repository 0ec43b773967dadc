import { describe, expect, test } from 'vitest';
import type { ValidDesign } from '../../../src/design/validate.ts';
import type { Fault } from '../../../src/faults/fault.ts';
import { machineLost } from '../../../src/recovery/drills/machine-lost.ts';
import { primaryFrozen } from '../../../src/recovery/drills/primary-frozen.ts';
import { primaryKilled } from '../../../src/recovery/drills/primary-killed.ts';
import { replicaBehind } from '../../../src/recovery/drills/replica-behind.ts';
import type { Drill } from '../../../src/recovery/model.ts';
import { trial } from './drill-trial.ts';

const pooler = { mode: 'transaction', maxClients: 100, poolSize: 20, writer: 'app' } as const;
const asynchronous: ValidDesign['topology'] = { replicas: 2, pooler, archive: { timeout: '60s' } };
const synchronous: ValidDesign['topology'] = { ...asynchronous, synchronous: 1 };

type Case = readonly [what: string, drill: Drill, topology: ValidDesign['topology']];

describe('a failover', () => {
  test.each<Case>([
    ['primary-killed, asynchronous', primaryKilled, asynchronous],
    ['primary-killed, synchronous', primaryKilled, synchronous],
    ['primary-frozen, synchronous', primaryFrozen, synchronous],
    ['machine-lost, synchronous', machineLost, synchronous],
    ['replica-behind, asynchronous', replicaBehind, asynchronous],
    ['replica-behind, synchronous', replicaBehind, synchronous],
  ])('%s: holds, and its phases follow one another', async (_, drill, topology) => {
    const { broken, marks, comparison, recovered } = await trial(drill, { topology });
    expect(broken).toEqual([]);
    const order = ['fault', 'detected', 'decided', 'fenced', 'promoted', 'rerouted', 'rejoined'] as const;
    const phases = order.map((phase) => marks.get(phase) ?? Number.NaN);
    expect(phases).toEqual(phases.toSorted((one, other) => one - other));
    expect(phases.at(-1)).toBeLessThan(60_000);
    expect(recovered.server.service.name).toMatch(/^replica_/);
    expect(comparison?.counts.acknowledged).toBeGreaterThan(100);
    // Only there is a loss allowed, and there it has to be seen.
    const lost = comparison?.lost.count ?? 0;
    if (topology.synchronous !== undefined) expect(lost).toBe(0);
    else if (drill === replicaBehind) expect(lost).toBeGreaterThan(100);
  });
});

describe('a failover with something broken before', () => {
  const notices = (
    what: string,
    drill: Drill,
    topology: ValidDesign['topology'],
    kind: string,
    says: RegExp,
  ) =>
    test(`${what}: notices ${kind}`, async () => {
      const { broken } = await trial(drill, { topology, fault: counterexample(drill, topology, kind) });
      expect(broken.join('; ')).toMatch(says);
    });

  notices('primary-killed, synchronous', primaryKilled, synchronous, 'commits-unsent', /\d+ lost/);
  notices('primary-killed, synchronous', primaryKilled, synchronous, 'failover-paused', /promote nobody/);
  notices('primary-killed, asynchronous', primaryKilled, asynchronous, 'slot-lost', /replica_1.*not there/);
  notices('primary-frozen, synchronous', primaryFrozen, synchronous, 'fence-missing', /two primaries/);
  notices('replica-behind, synchronous', replicaBehind, synchronous, 'primary-setting', /\d+ lost/);
});

function counterexample(drill: Drill, topology: ValidDesign['topology'], kind: string): Fault {
  const found = drill.counterexamples({ topology } as ValidDesign).find((fault) => fault.kind === kind);
  if (found === undefined) throw new Error(`${drill.name} has no counterexample ${kind}`);
  return found;
}
