import { describe, expect, test } from 'vitest';
import type { ValidDesign } from '../../../src/design/validate.ts';
import { machineLost } from '../../../src/recovery/drills/machine-lost.ts';
import { primaryFrozen } from '../../../src/recovery/drills/primary-frozen.ts';
import { primaryKilled } from '../../../src/recovery/drills/primary-killed.ts';
import { replicaBehind } from '../../../src/recovery/drills/replica-behind.ts';
import { trial } from './drill-trial.ts';

const pooler = { mode: 'transaction', maxClients: 100, poolSize: 20, writer: 'app' } as const;
const archive = { timeout: '60s' };
const asynchronous: ValidDesign['topology'] = { replicas: 2, pooler, archive };
const synchronous: ValidDesign['topology'] = { ...asynchronous, synchronous: 1 };
const designs = { asynchronous, synchronous } as const;

const drills = [primaryKilled, primaryFrozen, machineLost, replicaBehind] as const;

describe.each(Object.entries(designs))('with %s replicas', (_, topology) => {
  describe.each(drills.map((drill) => [drill.name, drill] as const))('%s', (name, drill) => {
    test('holds, and its phases follow one another', async () => {
      const { broken, marks, comparison, recovered } = await trial(drill, { topology });
      expect(broken).toEqual([]);
      const phases = (
        ['fault', 'detected', 'decided', 'fenced', 'promoted', 'rerouted', 'rejoined'] as const
      ).map((phase) => marks.get(phase) ?? Number.NaN);
      expect(phases).toEqual(phases.toSorted((one, other) => one - other));
      expect(phases.at(-1)).toBeLessThan(60_000);
      expect(comparison?.counts.acknowledged).toBeGreaterThan(100);
      if (name === 'replica-behind' && topology.synchronous === undefined)
        expect(comparison?.lost.count).toBeGreaterThan(0);
      expect(recovered.server.service.name).toMatch(/^replica_/);
    });

    test.each(
      drill.counterexamples({ topology } as ValidDesign).map((fault) => [fault.name, fault] as const),
    )('notices %s', async (_, fault) => {
      const { broken } = await trial(drill, { topology, fault });
      expect(broken).not.toEqual([]);
    });
  });
});
