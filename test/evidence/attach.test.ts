import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRun } from '../../src/evidence/index.ts';
import { sampleEvidence, samplePlan } from '../report/sample.ts';
import { entriesOf, everyReport, small, temporaryFolder, verify } from './support.ts';

it('keeps a log beside the records, and notices a change of it', async () => {
  await using root = await temporaryFolder();
  const evidence = sampleEvidence(small);
  const writer = await createRun(root.path, evidence.plan);
  await writer.attach('log-primary.txt', 'ready\n');
  for (const entry of entriesOf(evidence)) await writer.append(entry);
  const { folder, manifest } = await writer.close(everyReport);
  expect(manifest.files['log-primary.txt']?.bytes).toBe(6);
  expect((await verify(folder)).status).toBe('intact');
  await appendFile(join(folder, 'log-primary.txt'), 'x');
  const broken = await verify(folder);
  expect(broken.status).toBe('broken');
  expect(JSON.stringify(broken)).toContain('log-primary.txt');
});

it('calls a run with a log and without a manifest incomplete, not broken', async () => {
  await using root = await temporaryFolder();
  const writer = await createRun(root.path, samplePlan(small));
  await writer.attach('log-primary.txt', 'ready\n');
  await writer.abandon();
  expect((await verify(writer.folder)).status).toBe('incomplete');
});

it('refuses a name that could be that of a record or lead elsewhere', async () => {
  await using root = await temporaryFolder();
  const writer = await createRun(root.path, samplePlan(small));
  for (const name of ['plan.json', '../log-x.txt', 'log-.txt', 'log-X.txt', `log-${'x'.repeat(64)}.txt`])
    await expect(writer.attach(name, '')).rejects.toThrow('attachment');
  await writer.abandon();
});
