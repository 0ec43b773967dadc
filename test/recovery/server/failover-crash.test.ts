import { describe, expect, test } from 'vitest';
import type { ValidDesign } from '../../../src/design/validate.ts';
import { crashRecovery } from '../../../src/recovery/drills/crash-recovery.ts';
import { poolerKilled } from '../../../src/recovery/drills/pooler-killed.ts';
import { trial } from './drill-trial.ts';

const pooler = { mode: 'transaction', maxClients: 100, poolSize: 20, writer: 'app' } as const;
const topology: ValidDesign['topology'] = { replicas: 1, pooler, archive: { timeout: '60s' } };

const drills = [crashRecovery, poolerKilled] as const;

describe.each(drills.map((drill) => [drill.name, drill] as const))('%s', (_, drill) => {
  test('holds: nothing is lost, and writes go on', async () => {
    const { broken, comparison, marks, recovered } = await trial(drill, { topology });
    expect(broken).toEqual([]);
    expect(comparison?.lost.count).toBe(0);
    expect(comparison?.counts.acknowledged).toBeGreaterThan(100);
    expect(marks.get('serving')).toBeGreaterThan(0);
    expect(recovered.server.service.name).toBe('primary');
  });

  test.each(drill.counterexamples({ topology } as ValidDesign).map((fault) => [fault.name, fault] as const))(
    'notices %s',
    async (_, fault) => {
      const { broken } = await trial(drill, { topology, fault });
      expect(broken).not.toEqual([]);
    },
  );
});
