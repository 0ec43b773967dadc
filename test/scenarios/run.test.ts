import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Check } from '../../src/checks/check.ts';
import { checks } from '../../src/checks/index.ts';
import { ConfigError } from '../../src/design/config-error.ts';
import type { Design } from '../../src/design/design.ts';
import { validateDesign } from '../../src/design/validate.ts';
import { listRuns, readRun, toSummary, verifyRun } from '../../src/evidence/index.ts';
import { reporters } from '../../src/report/index.ts';
import type { RunEvent } from '../../src/scenarios/events.ts';
import { exitCodeOfError, Interrupted } from '../../src/scenarios/failure.ts';
import { executePlan, type RunOptions } from '../../src/scenarios/run.ts';
import { hostile } from '../checks/hostile/design.ts';
import { testPlan } from './test-plan.ts';

/** Options for a run of the hostile design, kept in a folder that goes with the test, with its events in `seen`. */
function optionsFor(
  only: string,
  more: { design?: Design; signal?: AbortSignal; onEvent?: (event: RunEvent) => void } = {},
) {
  const root = mkdtempSync(join(tmpdir(), 'runs-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const design = validateDesign(more.design ?? hostile, 'hostile/design.ts');
  const seen: RunEvent[] = [];
  const plan = testPlan(design, only);
  const options: RunOptions = {
    loaded: { design, files: [] },
    plan,
    on: 'auto',
    root,
    reports: Object.values(reporters),
    signal: more.signal ?? new AbortController().signal,
    onEvent: (event) => {
      seen.push(event);
      more.onEvent?.(event);
    },
  };
  return { options, seen, folder: join(root, plan.run), root };
}

test('a run writes its plan first, tells what it does, and keeps evidence that verifies', async () => {
  let planned = 0;
  let early: ReturnType<typeof readRun> | undefined;
  const { options, seen, folder, root } = optionsFor('hostile.structure.r*', {
    onEvent: (event) => {
      if (event.type !== 'planned') return;
      planned = event.claims;
      early = readRun(event.folder);
    },
  });
  const finished = await executePlan(options);
  expect(finished).toMatchObject({ exitCode: 0, folder });
  expect(planned).toBe(2);
  // Before anything starts the plan is there, and the run is seen as one that has not ended.
  expect((await early)?.records).toEqual([]);
  expect(seen.flatMap((event) => (event.type === 'phase' ? [event.name] : []))).toEqual([
    'cluster',
    'cluster',
    'migrate',
    'catalogue',
    'fill',
  ]);
  const started = seen.flatMap((event) => (event.type === 'claim-started' ? [event.claim] : []));
  const ended = seen.flatMap((event) => (event.type === 'claim-ended' ? [event.claim] : []));
  expect(new Set(started)).toEqual(new Set(ended));
  expect(
    finished.evidence.records
      .map(({ entry }) => entry.type)
      .filter((type) => !/observation|finding|counterexample/.test(type)),
  ).toEqual(['environment', 'population', 'verdict', 'verdict', 'end']);
  expect(toSummary(finished.evidence)).toMatchObject({
    complete: true,
    exitCode: 0,
    counts: { proved: 2, refuted: 0, unproved: 0 },
  });
  expect(await listRuns(root)).toHaveLength(1);
  expect(await verifyRun(folder, { reports: Object.values(reporters), version: '0.0.0' })).toMatchObject({
    status: 'intact',
    problems: [],
  });
});

test('a check that throws leaves its claim unproved and the others alone', async () => {
  const check = checks['structure.request-role'] as { -readonly [Key in keyof Check]: Check[Key] };
  const { run } = check;
  onTestFinished(() => {
    check.run = run;
  });
  check.run = async function* () {
    yield* [];
    throw new Error('lost my way');
  };
  const { exitCode, evidence } = await executePlan(optionsFor('hostile.structure.r*').options);
  expect(exitCode).toBe(3);
  const claims = toSummary(evidence).claims.filter(({ outside }) => outside !== true);
  expect(claims.map(({ id, verdict, reason }) => [id, verdict, reason])).toEqual([
    ['hostile.structure.row-security', 'proved', undefined],
    ['hostile.structure.request-role', 'unproved', 'the check itself failed: lost my way'],
  ]);
});

describe('an interrupt', () => {
  test.each<[string, (event: RunEvent) => boolean]>([
    ['before the cluster', (event) => event.type === 'planned'],
    ['while migrating', (event) => event.type === 'phase' && event.name === 'migrate'],
    ['while filling', (event) => event.type === 'phase' && event.name === 'fill'],
    ['while checking', (event) => event.type === 'claim-started'],
    ['after the last claim', (event) => event.type === 'claim-ended'],
  ])('%s: the run says that it is not complete, and why', async (_, at) => {
    const controller = new AbortController();
    const { options, folder } = optionsFor('hostile.structure.request-role', {
      signal: controller.signal,
      onEvent: (event) => {
        if (at(event)) controller.abort(new Interrupted('SIGINT'));
      },
    });
    await expect(executePlan(options)).rejects.toThrow('interrupted by SIGINT');
    const evidence = await readRun(folder);
    expect(evidence.records.at(-1)?.entry).toEqual({
      type: 'end',
      complete: false,
      reason: 'interrupted by SIGINT',
      exitCode: 130,
    });
    expect(toSummary(evidence)).toMatchObject({ complete: false, exitCode: 130 });
    expect(await verifyRun(folder, { reports: Object.values(reporters), version: '0.0.0' })).toMatchObject({
      status: 'incomplete',
      problems: [
        { file: 'evidence.jsonl', says: 'The run ended before it was done: interrupted by SIGINT.' },
      ],
    });
  });
});

test('rules that do not fit the database end the run with exit code 2, on record', async () => {
  const design = { ...hostile, access: hostile.access.slice(1) };
  const { options, folder } = optionsFor('hostile.structure.r*', { design });
  await expect(executePlan(options)).rejects.toThrow(ConfigError);
  expect((await readRun(folder)).records.at(-1)?.entry).toMatchObject({
    type: 'end',
    complete: false,
    exitCode: 2,
    reason: expect.stringContaining('access: no rule for table "my ""sch.ema"" é"."user"'),
  });
});

test('errors earn their exit codes', () => {
  expect(exitCodeOfError(new Interrupted('SIGTERM'))).toBe(130);
  expect(exitCodeOfError(new ConfigError('a', 'b', 'c'))).toBe(2);
  expect(exitCodeOfError(new Error('what?'))).toBe(3);
  expect(exitCodeOfError(undefined)).toBe(3);
});
