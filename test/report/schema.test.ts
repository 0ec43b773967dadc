import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Manifest, Plan, StoredRecord, Summary } from '../../src/evidence/index.ts';
import { reporters } from '../../src/report/index.ts';
import { keepRun, temporaryFolder } from '../evidence/support.ts';
import { type SampleOptions, sampleEvidence } from './sample.ts';

const shapes = { evidence: StoredRecord, plan: Plan, summary: Summary, manifest: Manifest };
type Name = keyof typeof shapes;
const names = Object.keys(shapes) as Name[];

const published = (name: Name): Record<string, unknown> =>
  JSON.parse(readFileSync(new URL(`../../reports/schema/${name}.schema.json`, import.meta.url), 'utf8'));

// Times have a pattern of their own in these schemas.
const ajv = new Ajv2020({
  strict: true,
  strictTuples: false,
  allErrors: true,
  formats: { 'date-time': true, date: true },
});
const validators = new Map(names.map((name) => [name, ajv.compile(published(name))]));

function problems(name: Name, value: unknown): unknown {
  const validate = validators.get(name);
  return validate?.(value) === true ? [] : validate?.errors;
}

const samples: readonly (readonly [string, SampleOptions])[] = [
  ['every verdict', { verdicts: 'all' }],
  ['all proved', { verdicts: 'proved' }],
  ['died', { ends: 'died' }],
  ['interrupted', { ends: 'interrupted' }],
  ['hostile', { hostile: true }],
  ['drills', { drills: true, hostile: true }],
];

describe.each(names)('the published schema of %s', (name) => {
  // `npm run schema` writes them, with a head of their own.
  it('is the one of the model', () => {
    const { $schema, $id, title, description, ...rest } = published(name);
    const { $schema: dialect, ...own } = z.toJSONSchema(shapes[name], { target: 'draft-2020-12' });
    expect(rest).toEqual(JSON.parse(JSON.stringify(own)));
    expect({ $schema, $id, title }).toEqual({
      $schema: dialect,
      $id: `urn:pgattest:schema:${name}:1`,
      title: `pgattest ${name}`,
    });
    expect(description).toMatch(/\.$/);
  });
});

describe.each(samples)('of a run: %s', (_, options) => {
  const evidence = sampleEvidence(options);

  it('plan, records and summary follow their schemas', () => {
    expect(problems('plan', JSON.parse(JSON.stringify(evidence.plan)))).toEqual([]);
    for (const record of evidence.records) expect(problems('evidence', record)).toEqual([]);
    expect(problems('summary', JSON.parse(reporters.summary.render(evidence)))).toEqual([]);
  });
});

it('a manifest follows its schema', async () => {
  await using root = await temporaryFolder();
  const { manifest } = await keepRun(root.path);
  expect(problems('manifest', manifest)).toEqual([]);
});

it('the schemas take nothing that the model does not know', () => {
  const summary = JSON.parse(reporters.summary.render(sampleEvidence()));
  expect(problems('summary', { ...summary, more: 1 })).not.toEqual([]);
  expect(problems('summary', { ...summary, schema: 'pgattest.summary/2' })).not.toEqual([]);
  const [record] = sampleEvidence().records;
  expect(problems('evidence', { ...record, hash: 'abc' })).not.toEqual([]);
  expect(problems('evidence', { ...record, at: 'yesterday' })).not.toEqual([]);
});

describe('the summary', () => {
  it('counts what it lists, and says of each claim what stands behind it', () => {
    const evidence = sampleEvidence();
    const summary = Summary.parse(JSON.parse(reporters.summary.render(evidence)));
    const counted = { proved: 0, refuted: 0, unproved: 0, waived: 0, outside: 0 };
    for (const claim of summary.claims) counted[claim.outside === true ? 'outside' : claim.verdict]++;
    expect(summary.counts).toEqual(counted);
    expect(summary.claims.map((claim) => claim.id)).toEqual(evidence.plan.claims.map((claim) => claim.id));
    for (const claim of summary.claims) {
      for (const seq of claim.evidence)
        expect(evidence.records[seq]?.entry).toMatchObject({ claim: claim.id });
      if (claim.verdict === 'refuted') expect(claim.evidence.length).toBeGreaterThan(0);
    }
    expect(summary).toMatchObject({ complete: true, exitCode: 1, endedAt: evidence.records.at(-1)?.at });
  });
});
