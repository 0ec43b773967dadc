import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cluster, startCluster } from '../../../src/cluster/cluster.ts';
import { loadDesign, packageRoot } from '../../../src/design/load.ts';
import type { ValidDesign } from '../../../src/design/validate.ts';
import { latencyOf } from '../../../src/load/distributed/thresholds.ts';
import { type Driven, LoadBench } from '../../../src/load/drive/bench.ts';
import { buildK6 } from '../../../src/load/k6/build.ts';
import { runK6 } from '../../../src/load/k6/run.ts';
import { RecordingHeader } from '../../../src/load/recording/model.ts';
import { driveLoad } from '../../../src/scenarios/drive-load.ts';
import { setStage } from '../../../src/scenarios/stage.ts';
import { scratchFolder } from '../../cluster/support.ts';
import { readRecorded } from './k6-support.ts';

const segments = 2;
/** Transactions a second, and how long: few, since what is shown is that none is lost or made twice. */
const pace = { rate: 10, seconds: 3, clients: 4, warmUp: 0 } as const;

let design: ValidDesign;
let cluster: Cluster;
let bench: LoadBench;
let one: Driven;
let parts: Driven;

beforeAll(async () => {
  ({ design } = await loadDesign('saas-gcp', packageRoot));
  cluster = await startCluster({ on: 'auto', settings: design.postgres.settings, throwaway: true });
  const filled = { seed: 1, scale: 1, now: new Date() };
  const signal = new AbortController().signal;
  const { database } = await setStage(cluster, design, { ...filled, signal, onEvent: () => {} });
  bench = await LoadBench.open({ cluster, design, database, filled, signal, progress: () => {} });
  const deck = await bench.deck('small', 200);
  const common = { ...pace, deck: deck.file, target: await bench.primary(), says: 'small' };
  one = await bench.drive(common);
  parts = await bench.drive({ ...common, segments });
}, 900_000);

afterAll(async () => {
  await bench?.close();
  await cluster?.close();
});

describe('segments side by side', () => {
  test('begin at one instant and schedule what one generator does', () => {
    const headers = parts.recordings.map((file) =>
      RecordingHeader.parse(JSON.parse(readFileSync(file, 'utf8').split('\n')[0] ?? '')),
    );
    expect(headers.map(({ segment }) => segment)).toEqual(['0:1/2', '1/2:1']);
    expect(new Set(headers.map(({ startedAt }) => startedAt)).size).toBe(1);
    expect(one.measured.end).toMatchObject({ complete: true, dropped: 0 });
    expect(parts.measured.end).toMatchObject({ complete: true, dropped: 0 });
    // What is due at the very end may come or not.
    const difference = (parts.measured.end?.scheduled ?? 0) - (one.measured.end?.scheduled ?? 0);
    expect(Math.abs(difference)).toBeLessThanOrEqual(1);
  });

  test('are merged without losing an answer or a latency', () => {
    const recorded = parts.recordings.map(readRecorded);
    const buckets = recorded.flatMap((each) => each.buckets);
    for (const { statement, kind, answered } of parts.measured.statements) {
      const own = buckets.filter((bucket) => bucket.statement === statement && bucket.kind === kind);
      expect(answered, statement).toBe(own.reduce((sum, { done }) => sum + done, 0));
    }
    // The first is missing where nothing was recorded, which is no merged percentile then.
    const sum = buckets
      .filter(({ kind }) => kind === 'read')
      .map(({ latency }) => decodeFromCompressedBase64(latency ?? ''))
      .reduce<Histogram | undefined>((all, each) => {
        all?.add(each);
        return all ?? each;
      }, undefined);
    const merged = latencyOf(parts.measured, 'read');
    expect(merged.count).toBe(sum?.totalCount);
    for (const at of [50, 90, 99, 99.9]) expect(merged.percentile(at)).toBe(sum?.getValueAtPercentile(at));
  });
});

test('a part that comes too late for the common start drives nothing, and says so', async () => {
  const folder = scratchFolder();
  const plan = {
    deck: path.join(folder, 'deck.jsonl'),
    recording: path.join(folder, 'recording.jsonl'),
    target: await bench.primary(),
    clients: 1,
    seconds: 1,
    deadlineMs: 1000,
    startAt: new Date(Date.now() - 10_000).toISOString(),
  };
  writeFileSync(plan.deck, readFileSync((await bench.deck('small', 10)).file));
  const planFile = path.join(folder, 'load.json');
  writeFileSync(planFile, JSON.stringify(plan));
  const { path: binary } = await buildK6();
  const { ending } = await runK6({
    binary,
    script: path.join(packageRoot, 'load', 'mix.ts'),
    folder,
    env: { PGATTEST_LOAD: planFile },
  });
  expect(ending).toMatchObject({ kind: 'script', message: expect.stringContaining('too late') });
  expect(readRecorded(plan.recording)).toMatchObject({ buckets: [], end: { complete: false } });
});

test.each([
  ['mix', 1, 'clients'],
  ['noisy-neighbour', 4, 'cannot be divided'],
] as const)('%s with %i clients is refused before anything starts', async (script, clients, says) => {
  const driving = driveLoad({
    loaded: await loadDesign('saas-gcp', packageRoot),
    on: 'auto',
    seed: 1,
    scale: 1,
    script,
    mix: 'small',
    ...pace,
    clients,
    direct: true,
    segments,
    signal: new AbortController().signal,
    onEvent: () => expect.unreachable(),
    onDriven: async () => {},
  });
  await expect(driving).rejects.toThrow(says);
});
