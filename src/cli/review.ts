import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { On } from '../cluster/binaries.ts';
import { isDatabaseUrl } from '../cluster/url/address.ts';
import { ConfigError } from '../design/config-error.ts';
import { builtInDesigns, loadDesign } from '../design/load.ts';
import { exitCodes } from '../evidence/verdict.ts';
import {
  type CheckId,
  checkIds,
  type FindingsReport,
  renderFindings,
  renderFindingsSarif,
  reviewDatabase,
  reviewDesign,
  type Severity,
} from '../findings/index.ts';
import {
  readDocument,
  renderJson,
  renderSarif,
  renderTerminal,
  review as reviewDocument,
} from '../review/index.ts';
import { interruptible } from './interrupt.ts';
import { version } from './main.ts';
import { colorOf, print } from './output.ts';
import { withService } from './service.ts';

export interface ReviewCommandOptions {
  readonly on: On;
  readonly format: 'terminal' | 'json' | 'sarif';
  readonly from?: string;
  readonly to?: string;
  readonly notes?: boolean;
  readonly only?: string;
  readonly skip?: string;
  readonly schema?: readonly string[];
  readonly migrations?: readonly string[];
}

/** `pgattest review`: a database, a design or a document. Exit code 1 when something is an error. */
export async function review(target: string, options: ReviewCommandOptions): Promise<void> {
  if (isDatabaseUrl(target))
    return reviewLive('the database', options, (live) => ofDatabase(withService(target, process.env), live));
  if (await isDesign(target)) return reviewLive(target, options, (live) => ofDesign(target, live));
  return ofDocument(target, options);
}

/** Code is no document: a file of TypeScript or JavaScript is a design. */
async function isDesign(target: string): Promise<boolean> {
  if (/\.[cm]?[jt]s$/.test(target)) return true;
  if (!builtInDesigns().some(({ name }) => name === target)) return false;
  return !(await stat(target).catch(() => undefined))?.isFile();
}

function ofDatabase(url: string, options: ReviewCommandOptions): Promise<FindingsReport> {
  const { migrations = [] } = options;
  return interruptible((signal) =>
    reviewDatabase(url, { ...choice(options), migrations, version: version(), signal }),
  );
}

function ofDesign(name: string, options: ReviewCommandOptions): Promise<FindingsReport> {
  if (options.migrations !== undefined)
    throw new ConfigError('--migrations', 'a design names its own', 'leave it out');
  const from = process.cwd();
  return interruptible(async (signal) => {
    const { design } = await loadDesign(name, from);
    return reviewDesign(design, { ...choice(options), on: options.on, from, version: version(), signal });
  });
}

async function reviewLive(
  what: string,
  options: ReviewCommandOptions,
  look: (options: ReviewCommandOptions) => Promise<FindingsReport>,
): Promise<void> {
  refuse(options, ['from', 'to'], `${what} has no lines`);
  const report = await look(options);
  const shown = {
    color: colorOf(process.stdout),
    width: process.stdout.columns ?? 110,
    notes: options.notes === true,
  };
  if (options.format === 'json') print(JSON.stringify(report, null, 2));
  else print(options.format === 'sarif' ? renderFindingsSarif(report) : renderFindings(report, shown));
  exitWith(report.findings);
}

async function ofDocument(file: string, options: ReviewCommandOptions): Promise<void> {
  refuse(options, ['only', 'skip', 'schema', 'migrations'], 'a document is reviewed as a whole');
  const text = await readDocument(file, await open(file));
  const { on, from, to } = options;
  const found = await interruptible((signal) =>
    reviewDocument(file === '-' ? 'standard input' : file, text, {
      on,
      version: version(),
      signal,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    }),
  );
  switch (options.format) {
    case 'json':
      print(renderJson(found));
      break;
    case 'sarif':
      print(renderSarif(found));
      break;
    case 'terminal':
      print(
        renderTerminal(found, {
          color: colorOf(process.stdout),
          width: process.stdout.columns ?? 110,
          notes: options.notes === true,
        }),
      );
  }
  exitWith(found.findings);
}

function exitWith(findings: readonly { readonly severity: Severity }[]): void {
  const errors = findings.some(({ severity }) => severity === 'error');
  process.exitCode = errors ? exitCodes.refuted : exitCodes.proved;
}

function choice({ only, skip, schema }: ReviewCommandOptions) {
  return {
    ...(only === undefined ? {} : { only: idsIn('--only', only) }),
    ...(skip === undefined ? {} : { skip: idsIn('--skip', skip) }),
    ...(schema === undefined ? {} : { schemas: schema }),
  };
}

function idsIn(option: string, list: string): readonly CheckId[] {
  return list.split(',').map((part) => {
    const id = checkIds.find((each) => each === part.trim());
    if (id === undefined)
      throw new ConfigError(option, `no check is called ${part.trim()}`, `use ${checkIds.join(', ')}`);
    return id;
  });
}

function refuse(
  options: ReviewCommandOptions,
  names: readonly (keyof ReviewCommandOptions)[],
  why: string,
): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given !== undefined) throw new ConfigError(`--${given}`, why, 'leave it out');
}

async function open(file: string): Promise<AsyncIterable<Uint8Array>> {
  if (file === '-') return process.stdin;
  const found = await stat(file).catch((error: NodeJS.ErrnoException) => {
    const what = error.code === 'ENOENT' ? 'no such file' : `cannot be read (${error.code})`;
    throw new ConfigError(file, what, 'give a document, or - for standard input');
  });
  if (found.isDirectory()) throw new ConfigError(file, 'is a folder', 'give a document');
  return createReadStream(file);
}
