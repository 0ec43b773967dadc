import { appendFile, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRun, EvidenceError, readable, verifyRun } from '../../src/evidence/index.ts';
import { chained, sampleEvidence } from '../report/sample.ts';
import {
  asFile,
  entriesOf,
  everyReport,
  keepRun,
  linesOfRun,
  reseal,
  small,
  temporaryFolder,
  verify,
} from './support.ts';

describe('a run as it was left', () => {
  it.each([
    ['all proved', sampleEvidence(small)],
    ['every verdict, hostile text', sampleEvidence({ verdicts: 'all', hostile: true })],
  ])('is intact: %s', async (_, evidence) => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path, evidence);
    expect(await verify(folder)).toEqual({
      status: 'intact',
      problems: [],
      notes: [],
      digest: evidence.digest,
    });
  });

  it('may be moved, and says that the run before it is not there', async () => {
    await using root = await temporaryFolder();
    await using other = await temporaryFolder();
    await keepRun(root.path, sampleEvidence({ ...small, run: 'first' }));
    const { folder } = await keepRun(root.path, sampleEvidence({ ...small, run: 'second' }));
    expect((await verify(folder)).notes).toEqual([]);
    const moved = join(other.path, 'second');
    await rename(folder, moved);
    const result = await verify(moved);
    expect(result.status).toBe('intact');
    expect(result.notes.join()).toMatch(/The run before this one .* is not in the same folder/);
  });

  it('keeps the reports of another version as they are', async () => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path);
    const result = await verifyRun(folder, { reports: everyReport, version: '9.9.9' });
    expect(result.status).toBe('intact');
    expect(result.notes.join()).toMatch(/pgattest 0\.1\.0 wrote them, this is 9\.9\.9/);
  });

  it('cannot be looked at where there is no folder', async () => {
    await expect(verify('/nowhere/at/all')).rejects.toThrow(EvidenceError);
  });
});

describe('a run that did not come to its end is incomplete', () => {
  it('without end and manifest', async () => {
    await using root = await temporaryFolder();
    const evidence = sampleEvidence({ ...small, ends: 'died' });
    const writer = await createRun(root.path, evidence.plan);
    for (const entry of entriesOf(evidence)) await writer.append(entry);
    await writer.abandon();
    const result = await verify(writer.folder);
    expect(result.status).toBe('incomplete');
    expect(result.problems.map((problem) => problem.file)).toEqual(['manifest.json', 'evidence.jsonl']);
  });

  it('with an end record that says so', async () => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path, sampleEvidence({ ...small, ends: 'interrupted' }));
    const result = await verify(folder);
    expect(result.status).toBe('incomplete');
    expect(result.problems[0]?.says).toMatch(/interrupted by SIGINT/);
  });

  it('with everything but the manifest', async () => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path);
    await rm(join(folder, 'manifest.json'));
    expect((await verify(folder)).status).toBe('incomplete');
  });
});

/** What is done to a whole run, the file that must be named, and what must be said of it. */
type Deed = readonly [string, (folder: string) => Promise<unknown>, string, RegExp];

const edit = async (path: string, from: string, to: string) => {
  const text = await readFile(path, 'utf8');
  expect(text).toContain(from);
  await writeFile(
    path,
    text.replace(from, () => to),
  );
};

const deeds: readonly Deed[] = [
  ...['plan.json', 'evidence.jsonl', 'summary.json', 'report.html', 'report.txt', 'junit.xml'].map(
    (name): Deed => [`${name} removed`, (folder) => rm(join(folder, name)), name, /is missing/],
  ),
  [
    'a file added',
    (folder) => writeFile(join(folder, 'notes.md'), 'all good'),
    'notes.md',
    /does not belong to the run/,
  ],
  ['a folder added', (folder) => mkdir(join(folder, 'more')), 'more', /does not belong to the run/],
  [
    'a hidden file added',
    (folder) => writeFile(join(folder, '.report.html.1.tmp'), ''),
    '.report.html.1.tmp',
    /does not belong/,
  ],
  [
    'a report edited',
    (folder) => edit(join(folder, 'summary.json'), '"exitCode": 0', '"exitCode": 1'),
    'summary.json',
    /SHA-256/,
  ],
  [
    'a report replaced by a link',
    async (folder) => {
      await rename(join(folder, 'report.html'), `${folder}.html`);
      await symlink(`${folder}.html`, join(folder, 'report.html'));
    },
    'report.html',
    /lists it as a file/,
  ],
  [
    'the plan edited',
    (folder) => edit(join(folder, 'plan.json'), '"seed": 42', '"seed": 43'),
    'evidence.jsonl',
    /after another plan/,
  ],
  [
    'the plan laid out anew',
    async (folder) =>
      writeFile(
        join(folder, 'plan.json'),
        JSON.stringify(JSON.parse(await readFile(join(folder, 'plan.json'), 'utf8'))),
      ),
    'plan.json',
    /not the bytes that a run writes/,
  ],
  [
    'the manifest edited',
    (folder) => edit(join(folder, 'manifest.json'), '"previous": null', `"previous": "${'0'.repeat(64)}"`),
    'manifest.json',
    /does not give its hash/,
  ],
  [
    'the manifest padded',
    (folder) => appendFile(join(folder, 'manifest.json'), ' '),
    'manifest.json',
    /was changed/,
  ],
  [
    'a record edited',
    (folder) => edit(join(folder, 'evidence.jsonl'), '"agrees":true', '"agrees":false'),
    'evidence.jsonl',
    /content does not give its hash/,
  ],
  [
    'blanks put into a record',
    (folder) => edit(join(folder, 'evidence.jsonl'), '"agrees":true', '"agrees": true'),
    'evidence.jsonl',
    /not the bytes that a run writes/,
  ],
];

describe('a finished run is broken by', () => {
  it.each(deeds)('%s', async (_, deed, file, says) => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path);
    await deed(folder);
    const result = await verify(folder);
    expect(result.status).toBe('broken');
    const said = result.problems.filter((problem) => problem.file === file).map((problem) => problem.says);
    expect(said.join('\n')).toMatch(says);
  });

  it('an edited record, with its line', async () => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path);
    const lines = await linesOfRun(folder);
    lines[3] = (lines[3] ?? '').replace('"seq":3', '"seq":4');
    await writeFile(join(folder, 'evidence.jsonl'), asFile(lines));
    expect((await verify(folder)).problems).toContainEqual(
      expect.objectContaining({ file: 'evidence.jsonl', line: 4 }),
    );
  });

  it('the plan of another run, the manifest of another run', async () => {
    await using root = await temporaryFolder();
    const one = await keepRun(root.path, sampleEvidence({ ...small, run: 'one' }));
    const two = await keepRun(root.path, sampleEvidence({ ...small, run: 'two' }));
    for (const name of ['plan.json', 'manifest.json']) {
      const own = await readFile(join(one.folder, name));
      await writeFile(join(one.folder, name), await readFile(join(two.folder, name)));
      expect((await verify(one.folder)).status).toBe('broken');
      await writeFile(join(one.folder, name), own);
    }
    expect((await verify(one.folder)).status).toBe('intact');
  });
});

describe('with a manifest made to fit, the chain still notices', () => {
  it.each([
    ['a line removed', (lines: string[]) => lines.toSpliced(4, 1), /a record is missing/],
    [
      'a line twice',
      (lines: string[]) => lines.toSpliced(4, 0, lines[4] ?? ''),
      /out of its order, or there twice/,
    ],
    [
      'two lines swapped',
      (lines: string[]) => lines.toSpliced(4, 2, lines[5] ?? '', lines[4] ?? ''),
      /out of its order/,
    ],
    ['the first line removed', (lines: string[]) => lines.slice(1), /a record is missing/],
    ['the end twice', (lines: string[]) => [...lines, lines.at(-1) ?? ''], /follows the end record/],
  ])('%s', async (_, change, says) => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path);
    await writeFile(join(folder, 'evidence.jsonl'), asFile(change(await linesOfRun(folder))));
    await reseal(folder);
    const result = await verify(folder);
    expect(result.status).toBe('broken');
    expect(result.problems.map((problem) => problem.says).join('\n')).toMatch(says);
  });

  it('a tail cut off: the run counts as one that died', async () => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path);
    await writeFile(join(folder, 'evidence.jsonl'), asFile((await linesOfRun(folder)).slice(0, -1)));
    await reseal(folder);
    const result = await verify(folder);
    expect(result.status).not.toBe('intact');
    expect(result.problems.map((problem) => problem.says).join('\n')).toMatch(/no end record/);
  });

  it('a report that says something else than the records', async () => {
    await using root = await temporaryFolder();
    const { folder } = await keepRun(root.path, sampleEvidence({ ...small, verdicts: 'all' }));
    await edit(join(folder, 'report.html'), 'refuted', 'proved');
    await reseal(folder);
    const result = await verify(folder);
    expect(result).toMatchObject({
      status: 'broken',
      problems: [{ file: 'report.html', says: 'The report is not what the evidence gives.' }],
    });
  });
});

describe('records that hang together and do not fit', () => {
  const { plan, records } = sampleEvidence({ ...small, verdicts: 'all' });
  const entries = records.map((record) => record.entry);

  it('an end that is greener than the verdicts', async () => {
    await using root = await temporaryFolder();
    const lie = entries.map((entry) => (entry.type === 'end' ? { ...entry, exitCode: 0 } : entry));
    const { folder } = await keepRun(root.path, chained(plan, lie));
    const result = await verify(folder);
    expect(result.status).toBe('broken');
    expect(result.problems[0]?.says).toMatch(/exit code 0; the verdicts earn 1/);
  });

  it('a record about a claim that the plan does not list', async () => {
    await using root = await temporaryFolder();
    const claims = plan.claims.slice(1);
    const { folder } = await keepRun(root.path, chained({ ...plan, claims }, entries));
    const result = await verify(folder);
    expect(result.status).toBe('broken');
    expect(result.problems.map(({ says }) => says)).toContainEqual(
      expect.stringMatching(/which the plan does not list/),
    );
  });

  // The limit of a chain without signature, which docs/evidence.md states: only the digest, kept elsewhere, tells.
  it('whoever writes the whole run anew is not noticed, but gets another digest', async () => {
    await using root = await temporaryFolder();
    const { folder, evidence } = await keepRun(root.path, chained(plan, entries));
    await rm(folder, { recursive: true });
    const forged = entries.map((entry) =>
      entry.type === 'verdict' && entry.verdict === 'refuted'
        ? { type: entry.type, claim: entry.claim, verdict: 'proved' as const }
        : entry.type === 'end'
          ? { ...entry, exitCode: 3 }
          : entry,
    );
    await keepRun(root.path, chained(JSON.parse(readable(plan)), forged));
    const result = await verify(folder);
    expect(result.status).toBe('intact');
    expect(result.digest).not.toBe(evidence.digest);
  });
});
