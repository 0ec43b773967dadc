import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readable } from '../../src/evidence/canonical.ts';
import { type DerivedFile, evidenceFile, manifestFile } from '../../src/evidence/files.ts';
import {
  createRun,
  type Entry,
  type Evidence,
  type FinishedRun,
  verifyRun,
} from '../../src/evidence/index.ts';
import { describeFile, Manifest, sealManifest } from '../../src/evidence/manifest.ts';
import { reporters } from '../../src/report/index.ts';
import { type SampleOptions, sampleEvidence } from '../report/sample.ts';

/** A folder that goes with its owner: `await using root = await temporaryFolder()`. */
export async function temporaryFolder(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'evidence-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export const everyReport: readonly DerivedFile<Evidence>[] = Object.values(reporters);

/** As small as a run can be that still has every kind of record. */
export const small: SampleOptions = { tables: 1, actors: 2, verdicts: 'proved' };

export function entriesOf(evidence: Evidence): Entry[] {
  return evidence.records.map((record) => record.entry);
}

/** Writes evidence as a run does, at the times that its records carry. */
export async function keepRun(
  root: string,
  evidence: Evidence = sampleEvidence(small),
  reports = everyReport,
): Promise<FinishedRun> {
  const times = evidence.records.map((record) => record.at).values();
  const writer = await createRun(root, evidence.plan, { now: () => new Date(times.next().value ?? 0) });
  for (const entry of entriesOf(evidence)) await writer.append(entry);
  return writer.close(reports);
}

export const verify = (folder: string) => verifyRun(folder, { reports: everyReport, version: '0.1.0' });

/** The bytes of every file of a run, to spoil one and to put it back. */
export async function filesOf(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = (await readdir(folder)).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
}

/** What somebody does who knows the format but not the chain: makes the manifest fit what lies in the folder now. */
export async function reseal(folder: string): Promise<void> {
  const path = join(folder, manifestFile);
  const { hash, ...known } = Manifest.parse(JSON.parse(await readFile(path, 'utf8')));
  const files: Manifest['files'] = {};
  for (const name of Object.keys(known.files)) files[name] = await describeFile(join(folder, name));
  const records = (await linesOfRun(folder)).map((line) => JSON.parse(line) as { hash: string });
  const sealed = sealManifest({
    ...known,
    files,
    records: records.length,
    last: records.at(-1)?.hash ?? known.last,
  });
  await writeFile(path, readable(sealed));
}

export async function linesOfRun(folder: string): Promise<string[]> {
  return (await readFile(join(folder, evidenceFile), 'utf8')).split('\n').filter((line) => line !== '');
}

export function asFile(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
