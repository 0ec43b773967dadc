import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readable, sha256 } from './canonical.ts';
import { type ChainProblem, verifyChain } from './chain.ts';
import { EvidenceError, systemReason } from './errors.ts';
import { type DerivedFile, evidenceFile, isAttachment, manifestFile, planFile } from './files.ts';
import { describeFile, Manifest, manifestsIn, sealManifest } from './manifest.ts';
import { type Evidence, Plan } from './model.ts';
import { parseBytes } from './parse.ts';
import { viewRun } from './view.ts';

export interface Problem {
  readonly file: string;
  readonly line?: number;
  /** One sentence. */
  readonly says: string;
}

export interface Verification {
  /** `incomplete`: nothing was changed as far as can be seen, but the run did not come to its end. */
  readonly status: 'intact' | 'broken' | 'incomplete';
  readonly problems: readonly Problem[];
  /** What could not be looked at, and does not speak against the run. */
  readonly notes: readonly string[];
  /** Hash of the last record: the digest that the reports show. Null when there is no readable record. */
  readonly digest: string | null;
}

export interface VerifyOptions {
  /** The reports that a run holds; each is rendered again and compared. */
  readonly reports: readonly DerivedFile<Evidence>[];
  /** Version of this pgattest. Reports of a run that another version wrote are not rendered again. */
  readonly version: string;
  /** The folder that holds this run and those before it; by default the one above. */
  readonly root?: string;
}

/**
 * Looks for anything in a run's folder that is not as the run left it. Needs no network and no server.
 * Throws EvidenceError only when the folder cannot be read at all.
 */
export async function verifyRun(folder: string, options: VerifyOptions): Promise<Verification> {
  const found = new Findings();
  const files = await listFiles(folder);
  const plan = await verifyPlan(folder, files, found);
  const chain = await verifyChain(folder, files.has(evidenceFile), plan);
  for (const { severity, ...problem } of chain.problems)
    found.add(severity, { file: evidenceFile, ...problem });
  const manifest = await verifyManifest(folder, files, plan?.value, chain, found);
  verifyNames(files, manifest, options, found);
  if (manifest !== undefined) await verifyPrevious(manifest, options.root ?? join(folder, '..'), found);
  const digest = chain.records.at(-1)?.hash ?? null;
  if (plan !== undefined && chain.readable) {
    const evidence = { plan: plan.value, records: chain.records, digest: digest ?? plan.digest };
    verifyEnd(evidence, found);
    await verifyReports(folder, files, evidence, options, found);
  }
  return { status: found.status(), problems: found.problems, notes: found.notes, digest };
}

class Findings {
  readonly problems: Problem[] = [];
  readonly notes: string[] = [];
  #worst: 'intact' | 'incomplete' | 'broken' = 'intact';

  add(severity: ChainProblem['severity'], problem: Problem): void {
    this.problems.push(problem);
    if (this.#worst !== 'broken') this.#worst = severity;
  }

  broken(file: string, says: string): void {
    this.add('broken', { file, says });
  }

  has(file: string): boolean {
    return this.problems.some((problem) => problem.file === file);
  }

  status(): Verification['status'] {
    return this.#worst;
  }
}

async function listFiles(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set((await readdir(folder)).sort());
  } catch (error) {
    throw new EvidenceError(`${folder}: ${systemReason(error)}`, { cause: error });
  }
}

interface KnownPlan {
  readonly value: Plan;
  readonly digest: string;
}

async function verifyPlan(folder: string, files: ReadonlySet<string>, found: Findings) {
  if (!files.has(planFile)) {
    found.broken(planFile, 'The plan is missing.');
    return undefined;
  }
  const bytes = await readFile(join(folder, planFile));
  const plan = parseBytes(bytes, Plan);
  if (plan.status === 'bad') {
    found.broken(planFile, `The plan cannot be read: ${plan.says}.`);
    return undefined;
  }
  if (!bytes.equals(Buffer.from(readable(plan.value)))) {
    found.broken(planFile, 'The plan was changed: these are not the bytes that a run writes.');
  }
  return { value: plan.value, digest: sha256(bytes) } satisfies KnownPlan;
}

async function verifyManifest(
  folder: string,
  files: ReadonlySet<string>,
  plan: Plan | undefined,
  chain: Awaited<ReturnType<typeof verifyChain>>,
  found: Findings,
): Promise<Manifest | undefined> {
  if (!files.has(manifestFile)) {
    const says = 'The manifest is missing: the run did not finish, or somebody removed it.';
    found.add('incomplete', { file: manifestFile, says });
    return undefined;
  }
  const bytes = await readFile(join(folder, manifestFile));
  const parsed = parseBytes(bytes, Manifest);
  if (parsed.status === 'bad') {
    found.broken(manifestFile, `The manifest cannot be read: ${parsed.says}.`);
    return undefined;
  }
  const { hash, ...content } = parsed.value;
  if (sealManifest(content).hash !== hash || !bytes.equals(Buffer.from(readable(parsed.value)))) {
    found.broken(manifestFile, 'The manifest was changed: its content does not give its hash.');
  }
  if (plan !== undefined && content.run !== plan.run) {
    found.broken(manifestFile, `The manifest is of run ${content.run}, the plan of run ${plan.run}.`);
  }
  if (content.records !== chain.lines) {
    const cut = content.records > chain.lines ? ': lines were removed' : ': lines were added';
    found.broken(
      evidenceFile,
      `The manifest speaks of ${content.records} records, here are ${chain.lines}${cut}.`,
    );
  }
  const last = chain.records.at(-1)?.hash;
  if (chain.readable && last !== undefined && content.last !== last) {
    found.broken(evidenceFile, 'The last record is not the one that the manifest speaks of.');
  }
  for (const [name, expected] of Object.entries(content.files)) {
    await verifyFile(folder, files, name, expected, found);
  }
  return parsed.value;
}

async function verifyFile(
  folder: string,
  files: ReadonlySet<string>,
  name: string,
  expected: { readonly sha256: string; readonly bytes: number },
  found: Findings,
): Promise<void> {
  if (!files.has(name)) {
    if (!found.has(name)) found.broken(name, 'The file is missing: the manifest lists it.');
    return;
  }
  if (!(await lstat(join(folder, name))).isFile()) {
    found.broken(name, 'The manifest lists it as a file, and it is none.');
    return;
  }
  const actual = await describeFile(join(folder, name));
  if (actual.sha256 === expected.sha256 && actual.bytes === expected.bytes) return;
  const size =
    actual.bytes === expected.bytes ? '' : ` It has ${actual.bytes} bytes instead of ${expected.bytes}.`;
  found.broken(name, `The file was changed: its SHA-256 is not the one in the manifest.${size}`);
}

/** Nothing may be missing from the manifest, and nothing may lie beside what it lists. */
function verifyNames(
  files: ReadonlySet<string>,
  manifest: Manifest | undefined,
  options: VerifyOptions,
  found: Findings,
): void {
  const own = [planFile, evidenceFile];
  const listed = manifest && new Set(Object.keys(manifest.files));
  for (const name of own) {
    if (listed?.has(name) === false) found.broken(manifestFile, `The manifest does not list ${name}.`);
  }
  const known = listed ?? new Set([...own, ...options.reports.map((report) => report.file)]);
  for (const name of files) {
    if (known.has(name) || name === manifestFile || own.includes(name)) continue;
    const halfWritten = manifest === undefined && (/^\..+\.tmp$/.test(name) || isAttachment(name));
    if (halfWritten) found.add('incomplete', { file: name, says: 'The run died while it wrote this file.' });
    else found.broken(name, 'The file does not belong to the run: no manifest lists it.');
  }
}

async function verifyPrevious(manifest: Manifest, root: string, found: Findings): Promise<void> {
  if (manifest.previous === null) return;
  const known = await manifestsIn(root);
  if (known.some((one) => one.digest === manifest.previous)) return;
  found.notes.push(
    `The run before this one (manifest ${manifest.previous}) is not in the same folder, or was changed since.`,
  );
}

function verifyEnd(evidence: Evidence, found: Findings): void {
  const view = viewRun(evidence);
  const end = view.end?.entry;
  if (end === undefined) {
    const says = 'There is no end record: the run died before it was done.';
    found.add('incomplete', { file: evidenceFile, says });
  } else if (!end.complete) {
    const says = `The run ended before it was done: ${end.reason ?? 'no reason is recorded'}.`;
    found.add('incomplete', { file: evidenceFile, says });
    if (end.exitCode === 0) found.broken(evidenceFile, 'A run that was not done has exit code 0.');
  } else if (end.exitCode !== view.earned) {
    const says = `The end record says exit code ${end.exitCode}; the verdicts earn ${view.earned}.`;
    found.broken(evidenceFile, says);
  }
  for (const stranger of view.strangers) {
    const says = `Record ${stranger.seq} is about ${stranger.claim}, which the plan does not list.`;
    found.add('broken', { file: evidenceFile, line: stranger.seq + 1, says });
  }
}

async function verifyReports(
  folder: string,
  files: ReadonlySet<string>,
  evidence: Evidence,
  options: VerifyOptions,
  found: Findings,
): Promise<void> {
  const { version } = evidence.plan.tool;
  if (version !== options.version) {
    found.notes.push(
      `The reports were not made again: pgattest ${version} wrote them, this is ${options.version}.`,
    );
    return;
  }
  for (const report of options.reports) {
    if (!files.has(report.file) || found.has(report.file)) continue;
    const bytes = await readFile(join(folder, report.file));
    if (bytes.equals(Buffer.from(report.render(evidence)))) continue;
    found.broken(report.file, 'The report is not what the evidence gives.');
  }
}
