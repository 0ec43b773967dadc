import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRun, EvidenceError, listRuns, readRun, toSummary, viewRun } from '../../src/evidence/index.ts';
import { sampleEvidence, samplePlan } from '../report/sample.ts';
import { asFile, entriesOf, keepRun, linesOfRun, small, temporaryFolder, verify } from './support.ts';

describe('a run that died', () => {
  it('before its first record, reads as incomplete, with nothing proved', async () => {
    await using root = await temporaryFolder();
    const writer = await createRun(root.path, samplePlan(small));
    await writer.abandon();
    const evidence = await readRun(writer.folder);
    expect(evidence.records).toEqual([]);
    expect(viewRun(evidence)).toMatchObject({
      complete: false,
      earned: 3,
      counts: { proved: 0, unproved: 5 },
    });
    expect(toSummary(evidence)).toMatchObject({ complete: false, exitCode: null, endedAt: null });
  });

  it('between its plan and its evidence, reads as well', async () => {
    await using root = await temporaryFolder();
    const writer = await createRun(root.path, samplePlan(small));
    await writer.abandon();
    await rm(join(writer.folder, 'evidence.jsonl'));
    expect((await readRun(writer.folder)).records).toEqual([]);
  });

  it('while it wrote a line, is read up to that line', async () => {
    await using root = await temporaryFolder();
    const evidence = sampleEvidence({ ...small, ends: 'died' });
    const writer = await createRun(root.path, evidence.plan);
    for (const entry of entriesOf(evidence)) await writer.append(entry);
    await writer.abandon();
    await appendFile(join(writer.folder, 'evidence.jsonl'), '{"at":"2026-');
    const read = await readRun(writer.folder);
    expect(entriesOf(read)).toEqual(entriesOf(evidence));
    expect(viewRun(read)).toMatchObject({ complete: false, earned: 3 });
    expect(await verify(writer.folder)).toMatchObject({ status: 'incomplete' });
  });

  it('is listed as unfinished, beside those that finished and what cannot be read', async () => {
    await using root = await temporaryFolder();
    await keepRun(root.path, sampleEvidence({ ...small, run: 'whole' }));
    await (
      await createRun(root.path, {
        ...samplePlan({ ...small, run: 'dead' }),
        startedAt: '2026-03-02T00:00:00.000Z',
      })
    ).abandon();
    await mkdir(join(root.path, 'empty'));
    await mkdir(join(root.path, 'odd'));
    await writeFile(join(root.path, 'odd', 'plan.json'), '{"schema":"pgattest.plan/1"}');
    expect((await listRuns(root.path)).map(({ id, status }) => [id, status])).toEqual([
      ['empty', 'unreadable'],
      ['odd', 'unreadable'],
      ['whole', 'finished'],
      ['dead', 'unfinished'],
    ]);
    expect(await listRuns(join(root.path, 'nowhere'))).toEqual([]);
  });
});

describe('a run that cannot be read', () => {
  it.each([
    ['no JSON', () => 'oops', /evidence\.jsonl:3: it is not JSON$/],
    ['half a line', (line: string) => line.slice(0, 40), /evidence\.jsonl:3: it is not JSON$/],
    ['an empty line', () => '', /evidence\.jsonl:3: it is not JSON$/],
    [
      'another kind of record',
      (line: string) => line.replace(/"type":"\w+"/, '"type":"rumour"'),
      /evidence\.jsonl:3: at entry/,
    ],
    ['a key too many', (line: string) => line.replace('{', '{"more":1,'), /evidence\.jsonl:3: .*more/],
  ])('names the line: %s', async (_, spoil, message) => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path);
    const lines = await linesOfRun(folder);
    lines[2] = spoil(lines[2] ?? '');
    await writeFile(join(folder, 'evidence.jsonl'), asFile(lines));
    await expect(readRun(folder)).rejects.toThrow(EvidenceError);
    await expect(readRun(folder)).rejects.toThrow(message);
  });

  it('names bytes that are not UTF-8', async () => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path);
    await writeFile(join(folder, 'evidence.jsonl'), Buffer.from([0x22, 0xff, 0x22, 0x0a]));
    await expect(readRun(folder)).rejects.toThrow(/evidence\.jsonl:1: it is not UTF-8/);
  });

  it('names the plan, or the folder that is not there', async () => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path);
    await writeFile(join(folder, 'plan.json'), '{}');
    await expect(readRun(folder)).rejects.toThrow(/plan\.json: at schema/);
    await expect(readRun(join(root.path, 'nowhere'))).rejects.toThrow(
      /nowhere\/plan\.json: it does not exist/,
    );
    await rm(join(folder, 'evidence.jsonl'));
    await keepRun(root.path, sampleEvidence({ ...small, run: 'other' }));
    await rm(join(root.path, 'other', 'evidence.jsonl'));
    await expect(readRun(join(root.path, 'other'))).rejects.toThrow(/evidence\.jsonl: it does not exist/);
  });

  it('keeps U+2028 and a newline inside a string on one line', async () => {
    await using root = await temporaryFolder();
    const writer = await createRun(root.path, samplePlan(small));
    const reason = 'one\u2028two\nthree\r\nfour\u0085five';
    await writer.append({ type: 'verdict', claim: 'x', verdict: 'unproved', reason });
    await writer.append({ type: 'end', complete: true, exitCode: 3 });
    const { evidence } = await writer.close([]);
    expect(evidence.records[0]?.entry).toMatchObject({ reason });
  });
});
