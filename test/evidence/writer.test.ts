import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { describe, expect, it } from 'vitest';
import { createRun, type Entry, EvidenceError, readRun } from '../../src/evidence/index.ts';
import { hostileText, sampleEvidence, samplePlan } from '../report/sample.ts';
import { entriesOf, everyReport, keepRun, linesOfRun, small, temporaryFolder } from './support.ts';

// Not the functions of src/evidence: whoever checks a run by hand has only these.
const hash = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');
const rfc8785 = canonicalize as unknown as (value: unknown) => string;

const note: Entry = { type: 'verdict', claim: 'saas.rls.projects.select', verdict: 'proved' };
const end: Entry = { type: 'end', complete: true, exitCode: 0 };

describe('writing a run', () => {
  it('has its plan on disk before anything is appended', async () => {
    await using root = await temporaryFolder();
    const plan = samplePlan(small);
    const writer = await createRun(root.path, plan);
    expect(JSON.parse(await readFile(join(writer.folder, 'plan.json'), 'utf8'))).toEqual(plan);
    expect((await readdir(writer.folder)).sort()).toEqual(['evidence.jsonl', 'plan.json']);
    await writer.abandon();
  });

  it.each([false, true])(
    'chains the records from the plan to the last one (hostile text: %s)',
    async (hostile) => {
      await using root = await temporaryFolder();
      const evidence = sampleEvidence({ ...small, verdicts: 'all', hostile });
      const { folder, manifest } = await keepRun(root.path, evidence);
      let prev = hash(await readFile(join(folder, 'plan.json')));
      const lines = await linesOfRun(folder);
      for (const [seq, line] of lines.entries()) {
        const { hash: own, ...content } = JSON.parse(line);
        expect(line).toBe(rfc8785({ ...content, hash: own }));
        expect(content).toMatchObject({ seq, prev });
        expect(own).toBe(hash(rfc8785(content)));
        prev = own;
      }
      expect(lines).toHaveLength(evidence.records.length);
      expect(manifest).toMatchObject({ records: lines.length, last: prev });
    },
  );

  it('gives the very records of the evidence that it was made from', async () => {
    await using root = await temporaryFolder();
    const evidence = sampleEvidence({ verdicts: 'all', hostile: true });
    const { folder } = await keepRun(root.path, evidence);
    expect(await readRun(folder)).toEqual(evidence);
  });

  it('lists every file in the manifest, with the hash that sha256sum gives', async () => {
    await using root = await temporaryFolder();
    const { folder, manifest } = await keepRun(root.path);
    const names = (await readdir(folder)).filter((name) => name !== 'manifest.json').sort();
    expect(Object.keys(manifest.files).sort()).toEqual(names);
    expect(names).toEqual(['evidence.jsonl', 'plan.json', ...everyReport.map((one) => one.file)].sort());
    for (const name of names) {
      const bytes = await readFile(join(folder, name));
      expect(manifest.files[name]).toEqual({ sha256: hash(bytes), bytes: bytes.length });
    }
    const { hash: own, ...content } = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    expect(own).toBe(hash(rfc8785(content)));
  });

  it('names the manifest of the run before it', async () => {
    await using root = await temporaryFolder();
    const first = await keepRun(root.path, sampleEvidence({ ...small, run: 'first' }));
    const second = await keepRun(root.path, sampleEvidence({ ...small, run: 'second' }));
    expect(first.manifest.previous).toBeNull();
    expect(second.manifest.previous).toBe(hash(await readFile(join(first.folder, 'manifest.json'))));
  });

  it('keeps the order of the calls, awaited or not', async () => {
    await using root = await temporaryFolder();
    const writer = await createRun(root.path, samplePlan(small));
    const reasons = Array.from({ length: 500 }, (_, index) => `reason ${index}`);
    const stored = await Promise.all(reasons.map((reason) => writer.append({ ...note, reason })));
    expect(stored.map((record) => record.seq)).toEqual(reasons.map((_, index) => index));
    await writer.append(end);
    await writer.close([]);
    const kept = entriesOf(await readRun(writer.folder)).flatMap((entry) =>
      entry.type === 'verdict' ? [entry.reason] : [],
    );
    expect(kept).toEqual(reasons);
  });

  it('renders reports from what was read back', async () => {
    await using root = await temporaryFolder();
    const { folder, evidence } = await keepRun(root.path);
    for (const report of everyReport)
      expect(await readFile(join(folder, report.file), 'utf8')).toBe(report.render(evidence));
  });
});

describe('a run that cannot be written', () => {
  it('takes nothing after its end record', async () => {
    await using root = await temporaryFolder();
    const writer = await createRun(root.path, samplePlan(small));
    await writer.append(end);
    await expect(writer.append(note)).rejects.toThrow(/has its end record/);
    await writer.close([]);
    await expect(writer.append(note)).rejects.toThrow(/is closed/);
    expect(await linesOfRun(writer.folder)).toHaveLength(1);
  });

  it('is not closed without an end record, and is left without a manifest', async () => {
    await using root = await temporaryFolder();
    const writer = await createRun(root.path, samplePlan(small));
    await writer.append(note);
    await expect(writer.close(everyReport)).rejects.toThrow(/no end record/);
    expect((await readdir(writer.folder)).sort()).toEqual(['evidence.jsonl', 'plan.json']);
  });

  it('takes no record of another shape, and leaves no gap for it', async () => {
    await using root = await temporaryFolder();
    const writer = await createRun(root.path, samplePlan(small));
    await expect(writer.append({ ...note, colour: 'red' } as Entry)).rejects.toThrow(/colour/);
    expect(await writer.append(note)).toMatchObject({ seq: 0 });
    await writer.abandon();
    await writer.abandon();
  });

  it('never writes into a folder that is there', async () => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path);
    const before = await readFile(join(folder, 'evidence.jsonl'));
    await expect(createRun(root.path, samplePlan(small))).rejects.toThrow(EvidenceError);
    await expect(createRun(root.path, samplePlan(small))).rejects.toThrow(/it is there already \(EEXIST\)/);
    expect(await readFile(join(folder, 'evidence.jsonl'))).toEqual(before);
  });

  it.each(['../outside', 'a/b', '', '.', '..', '.hidden', 'a\0b', hostileText, 'x'.repeat(129)])(
    'has no folder named %j',
    async (run) => {
      await using root = await temporaryFolder();
      await expect(createRun(root.path, samplePlan({ ...small, run }))).rejects.toThrow(
        /use letters, digits/,
      );
      expect(await readdir(root.path)).toEqual([]);
    },
  );

  // A recursive mkdir never comes back from below /proc.
  it
    .skipIf(process.platform !== 'linux')
    .each(['/proc/nowhere/runs', '/proc/self/nowhere/a/b', '/dev/null/runs'])(
    'says at once that %s cannot hold it',
    async (root) => {
      const asked = createRun(root, samplePlan(small));
      await expect(asked).rejects.toThrow(EvidenceError);
      await expect(asked).rejects.toThrow(new RegExp(`^${root}.*cannot keep evidence there`));
    },
    3_000,
  );

  it('says which folder is a file', async () => {
    await using root = await temporaryFolder();
    const file = join(root.path, 'file');
    await writeFile(file, '');
    await expect(createRun(file, samplePlan(small))).rejects.toThrow(/cannot keep evidence there: .*ENOTDIR/);
  });

  // root may write anywhere
  it.skipIf(process.getuid?.() === 0)('says that it may not write', async () => {
    await using root = await temporaryFolder();
    const locked = join(root.path, 'locked');
    await mkdir(locked);
    await chmod(locked, 0o500);
    await expect(createRun(locked, samplePlan(small))).rejects.toThrow(/permission is denied \(EACCES\)/);
  });
});
