import { expect, test } from 'vitest';
import type { ValidDesign } from '../../src/design/validate.ts';
import { clientCut } from '../../src/recovery/drills/client-cut.ts';
import { poolerCut } from '../../src/recovery/drills/pooler-cut.ts';
import { replicaCut } from '../../src/recovery/drills/replica-cut.ts';
import { trial } from '../recovery/server/drill-trial.ts';
import { withDocker } from './support.ts';

const pooler = { mode: 'transaction', maxClients: 100, poolSize: 20, writer: 'app' } as const;
const pooled: ValidDesign['topology'] = { replicas: 2, pooler };
const cases = [
  ['replica-cut, asynchronous', replicaCut, { replicas: 1 }],
  ['replica-cut, synchronous', replicaCut, { replicas: 1, synchronous: 1 }],
  ['pooler-cut', poolerCut, pooled],
  ['client-cut', clientCut, pooled],
  ['client-cut without a pooler', clientCut, { replicas: 0 }],
] as const;
const cluster = { on: 'docker' } as const;

withDocker('drills of a network that is cut', () => {
  test.each(cases)('%s: nothing is lost, and all go on', async (_, drill, topology) => {
    const { broken, comparison, marks } = await trial(drill, { topology, cluster });
    expect(broken).toEqual([]);
    // Asynchronous replicas may lack what was under way when the primary was replaced.
    if (drill !== poolerCut) expect(comparison?.lost.count).toBe(0);
    expect(marks.get('healed')).toBeGreaterThan(0);
  });

  test.each(
    cases.flatMap(([name, drill, topology]) =>
      drill
        .counterexamples({ topology, request: { role: 'app' } } as ValidDesign)
        .map((fault) => [`${name}: ${fault.name}`, drill, topology, fault] as const),
    ),
  )('%s is noticed', async (_, drill, topology, fault) => {
    const { broken } = await trial(drill, { topology, fault, cluster });
    expect(broken).not.toEqual([]);
  });
});
