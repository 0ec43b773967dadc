import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Claim } from '../../../src/design/design.ts';
import { validateDesign } from '../../../src/design/validate.ts';
import { executePlan } from '../../../src/scenarios/run.ts';
import { testPlan } from '../../scenarios/test-plan.ts';
import { notes } from './design.ts';

test('once a check of the whole cluster was not carried through, those after it are unproved and none is refuted', async () => {
  const root = mkdtempSync(join(tmpdir(), 'runs-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const claimOf = (id: string): Claim => {
    const claim = notes.claims.find((each) => each.id === `notes.topology.${id}`);
    if (claim === undefined) throw new Error(`no claim ${id}`);
    return claim;
  };
  const seen = claimOf('lag-seen');
  const { pooler: _, ...topology } = notes.topology;
  const design = validateDesign(
    {
      ...notes,
      topology: { ...topology, replicas: 1 },
      claims: [
        { ...seen, check: { ...seen.check, kind: 'topology.lag-seen', role: 'nobody_there' } },
        // Refuted if anybody asked: there is one replica.
        claimOf('replicas'),
      ],
    },
    'notes.ts',
  );
  const { evidence, exitCode } = await executePlan({
    loaded: { design, files: [] },
    plan: testPlan(design, '*', { families: ['topology'] }),
    on: 'auto',
    root,
    reports: [],
    signal: new AbortController().signal,
    onEvent: () => {},
  });
  expect(evidence.records.flatMap(({ entry }) => (entry.type === 'verdict' ? [entry] : []))).toMatchObject([
    { verdict: 'unproved', reason: 'the check itself failed: role "nobody_there" does not exist' },
    {
      verdict: 'unproved',
      reason:
        'an earlier check left the cluster broken: notes.topology.lag-seen: role "nobody_there" does not exist',
    },
  ]);
  expect(exitCode).not.toBe(0);
});
