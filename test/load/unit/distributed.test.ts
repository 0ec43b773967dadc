import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { mergeReport } from '../../../src/load/distributed/merge-report.ts';
import { configMapLimit, type ManifestInput, namesOf } from '../../../src/load/distributed/model.ts';
import { ConfigMap, TestRun, Workflow } from '../../../src/load/distributed/schemas.ts';
import { segmentsOf } from '../../../src/load/distributed/segments.ts';
import { parseThreshold } from '../../../src/load/distributed/thresholds.ts';
import { writeManifest, yaml } from '../../../src/load/distributed/write-manifest.ts';
import { Collector } from '../../../src/load/recording/collect.ts';
import { measure } from '../../../src/load/recording/measure.ts';
import type { Recording } from '../../../src/load/recording/recording.ts';
import { temporaryFolder } from '../../evidence/support.ts';

const scripts = fileURLToPath(new URL('../../../load', import.meta.url));

const input: ManifestInput = {
  design: 'saas-gcp',
  script: 'mix.ts',
  plan: {
    target: {
      name: 'pooler',
      host: 'db.example.com',
      port: 6432,
      database: 'app',
      user: 'load',
      prepare: 'named',
      says: 'over the network',
    },
    clients: 48,
    rate: 1000,
    seconds: 120,
    deadlineMs: 30_000,
  },
  segments: 4,
  image: 'registry.example.com/runner:1',
  namespace: 'load',
  secret: 'pgattest-load',
  separate: true,
  folderInRepository: 'ops/load',
};

test('segments: equal parts that meet, from 0 to 1', () => {
  expect(segmentsOf(1)).toEqual([{ part: '0:1', sequence: '0,1' }]);
  expect(segmentsOf(4).map(({ part }) => part)).toEqual(['0:1/4', '1/4:2/4', '2/4:3/4', '3/4:1']);
  expect(segmentsOf(4)[2]?.sequence).toBe('0,1/4,2/4,3/4,1');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), (parts) => {
      const all = segmentsOf(parts);
      expect(
        all
          .map(({ part }) => part.split(':')[0])
          .concat('1')
          .join(),
      ).toBe(all[0]?.sequence);
      for (const [at, { part }] of all.entries())
        expect(part.split(':')[1]).toBe(all[at + 1]?.part.split(':')[0] ?? '1');
    }),
  );
  for (const bad of [0, 1.5, 1001, Number.NaN]) expect(() => segmentsOf(bad)).toThrow(/--segments/);
});

async function written(deckText: string, given: Partial<ManifestInput> = {}) {
  const folder = await temporaryFolder();
  const out = join(folder.path, 'out');
  const deck = join(folder.path, 'deck.jsonl');
  await writeFile(deck, deckText);
  const manifest = await writeManifest(out, { ...input, ...given }, { scripts, deck }).catch(
    async (error: unknown) => {
      await folder[Symbol.asyncDispose]();
      throw error;
    },
  );
  const text = (name: string) => readFile(join(out, name), 'utf8');
  return { ...manifest, out, text, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]() };
}

describe('the folder for other machines', () => {
  test('is of the shapes that the operator, Kubernetes and GitHub take, and holds no password', async () => {
    await using folder = await written('{"deck":1}\n');
    const testRun = TestRun.parse(parse(await folder.text('testrun.yaml')));
    expect(testRun.spec).toMatchObject({
      parallelism: 4,
      separate: true,
      script: { localFile: '/load/mix.ts' },
    });
    expect(testRun.spec.runner.envFrom).toEqual([{ secretRef: { name: 'pgattest-load' } }]);
    const map = ConfigMap.parse(parse(await folder.text('plan.yaml')));
    expect(map.data['deck.jsonl']).toBe('{"deck":1}\n');
    expect(JSON.parse(map.data['load.json'] ?? '')).toMatchObject({
      deck: '/plan/deck.jsonl',
      recording: '/recordings/recording.jsonl',
      rate: 1000,
      target: { host: 'db.example.com' },
    });
    expect(testRun.spec.runner.volumes).toContainEqual({
      name: 'plan',
      configMap: { name: map.metadata.name },
    });
    const claim = parse(await folder.text('recordings.yaml')) as { metadata: { name: string } };
    expect(testRun.spec.runner.volumes).toContainEqual({
      name: 'recordings',
      persistentVolumeClaim: { claimName: claim.metadata.name },
    });
    const workflow = Workflow.parse(parse(await folder.text('github/load.yml')));
    expect(workflow.jobs.load?.strategy?.matrix.segment).toEqual(['0:1/4', '1/4:2/4', '2/4:3/4', '3/4:1']);
    expect(workflow.jobs.load?.env?.SEQUENCE).toBe('0,1/4,2/4,3/4,1');
    expect(workflow.jobs.merge?.needs).toEqual(['load']);
    expect(await folder.text('Dockerfile')).not.toContain('deck.jsonl');
  });

  test('holds scripts and module as they are, without the module’s tests', async () => {
    await using folder = await written('');
    expect(await folder.text('image/load/mix.ts')).toBe(await readFile(join(scripts, 'mix.ts'), 'utf8'));
    expect(await readdir(join(folder.out, 'image'))).toEqual(['k6', 'load']);
    const all = await readdir(folder.out, { recursive: true });
    expect(all).toContain('image/k6/go.sum');
    expect(all.filter((name) => name.endsWith('_test.go'))).toEqual([]);
    for (const file of folder.files) expect(all.map((name) => `${name}/`).concat(all)).toContain(file);
  });

  test('a deck that is too large for a ConfigMap goes into the image', async () => {
    await using folder = await written('x'.repeat(configMapLimit));
    expect(folder.deck).toBe('image');
    expect(Object.keys(ConfigMap.parse(parse(await folder.text('plan.yaml'))).data)).toEqual(['load.json']);
    expect(await folder.text('Dockerfile')).toContain('COPY deck.jsonl /runner/deck/deck.jsonl');
    expect(JSON.parse(await folder.text('load.json'))).toMatchObject({ deck: '/deck/deck.jsonl' });
    expect(await folder.text('README.md')).toContain('the image: a ConfigMap holds 1 MiB');
  });

  test('the shell of the workflow is shell, and takes its values from the environment', async () => {
    await using folder = await written('');
    const workflow = Workflow.parse(parse(await folder.text('github/load.yml')));
    for (const { steps } of Object.values(workflow.jobs)) {
      for (const { run } of steps) {
        if (run === undefined) continue;
        execFileSync('sh', ['-n'], { input: run });
        expect(run).not.toContain('${{');
      }
    }
  });

  test('names that no cluster takes are refused; those of designs are made fit', async () => {
    expect(namesOf('My Design_2')).toMatchObject({ testRun: 'pgattest-my-design-2' });
    await expect(written('', { namespace: 'Bad_Name' })).rejects.toThrow(
      /^load manifest: metadata\.namespace: lower-case letters, digits and hyphens; /,
    );
    await expect(written('', { segments: 257 })).rejects.toThrow(
      /load manifest: jobs\.load\.strategy\.matrix\.segment/,
    );
    expect(() => yaml(TestRun, { ...({} as TestRun) })).toThrow(/load manifest: apiVersion/);
  });
});

/** A part that answered `count` reads and a fifth of it writes a second, each after its own milliseconds. */
function part(
  segment: string,
  count: number,
  ms: number,
  end: Partial<NonNullable<Recording['end']>> = {},
): Recording {
  const collector = new Collector();
  for (let second = 0; second < 4; second++) {
    for (let at = 0; at < count; at++) {
      const kind = at % 6 === 5 ? 'write' : 'read';
      collector.add({ second, statement: kind, kind, latency: ms * 1000, service: ms * 900 });
    }
  }
  return {
    header: {
      schema: 'pgattest.recording/1',
      generator: 'test',
      startedAt: '2026-03-01T00:00:00.000Z',
      model: 'open',
      segment,
    },
    buckets: collector.take(),
    end: { seconds: 4, dropped: 0, complete: true, ...end },
  };
}

const reported = (recordings: readonly Recording[], thresholds: readonly string[] = [], wanted?: number) =>
  mergeReport(
    recordings.map((recording) => ({ name: recording.header.segment ?? '', measured: measure([recording]) })),
    measure(recordings),
    thresholds.map(parseThreshold),
    wanted,
  );

describe('parts as a whole', () => {
  const parts = ['0:1/4', '1/4:2/4', '2/4:3/4', '3/4:1'].map((segment, at) =>
    part(segment, 60, at === 3 ? 40 : 4),
  );

  test('counts add up, percentiles are of all answers, thresholds are judged over the whole', () => {
    const said = reported(
      parts,
      ['read.p50<10', 'read.p99<10', 'reads>=200', 'writes>=41', 'errors<=0', 'dropped<=0'],
      4,
    );
    expect(said.problems).toEqual([]);
    expect(said.whole).toMatchObject({ reads: 800, writes: 160, errors: 0, dropped: 0 });
    expect(said.parts.reduce((sum, { reads }) => sum + reads, 0)).toBe(800);
    const [read] = said.latency;
    expect(read?.p50).toBeCloseTo(4, 1);
    expect(read?.p99).toBeCloseTo(40, 0);
    expect(said.thresholds.map(({ holds }) => holds)).toEqual([true, false, true, false, true, true]);
    // Three of four parts would pass alone.
    expect(parts.filter((each) => reported([each], ['read.p99<10']).thresholds[0]?.holds)).toHaveLength(3);
  });

  test('what is missing or was cut off is a problem, and nothing recorded holds nothing', () => {
    expect(reported(parts.slice(1), [], 4).problems).toEqual([
      '3 recordings of 4 parts: what is missing was asked of nobody',
    ]);
    const cut = { ...part('0:1/2', 6, 1), end: undefined };
    expect(reported([cut, part('1/2:1', 6, 1)]).problems).toEqual(['0:1/2 was cut off']);
    const gaveUp = part('0:1', 6, 1, { complete: false, reason: 'disk full' });
    expect(reported([gaveUp]).problems).toEqual(['0:1 did not end: disk full']);
    expect(reported([part('0:1', 1, 1)], ['write.p99<1000']).thresholds).toMatchObject([
      { actual: undefined, holds: false },
    ]);
  });

  test.each(['p99<20', 'read.p99', 'read.p99<fast', 'tps>=5', 'reads=5', ''])(
    '%j is no threshold',
    (text) => {
      expect(() => parseThreshold(text)).toThrow(/no threshold; write read\.p99<20/);
    },
  );
});
