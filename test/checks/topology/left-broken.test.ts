import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Claim } from '../../../src/design/design.ts';
import { validateDesign } from '../../../src/design/validate.ts';
import { planSchema } from '../../../src/evidence/index.ts';
import { planClaims } from '../../../src/scenarios/plan.ts';
import { executePlan } from '../../../src/scenarios/run.ts';
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
    plan: {
      schema: planSchema,
      run: '20260101T000000Z-notes-000000',
      design: design.name,
      title: design.title,
      scenario: 'test',
      only: '*',
      seed: 1,
      scale: 1,
      on: 'auto',
      startedAt: new Date().toISOString(),
      tool: { name: 'pgattest', version: '0.0.0', node: 'v0' },
      inputs: {},
      operator: 'nobody',
      claims: planClaims(design, { name: 'test', says: 'all', families: ['topology'] }, '*'),
    },
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
