import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { execa } from 'execa';
import { ConfigError } from '../design/config-error.ts';
import { type LoadedDesign, loadDesign, packageRoot } from '../design/load.ts';
import { type Plan, planSchema } from '../evidence/index.ts';
import { reporters } from '../report/index.ts';
import { renderTerminal } from '../report/terminal.ts';
import { planClaims } from '../scenarios/plan.ts';
import { executePlan, type FinishedScenario } from '../scenarios/run.ts';
import { loadScenario } from '../scenarios/scenario.ts';
import { interruptible } from './interrupt.ts';
import { version } from './main.ts';
import { colorOf, print } from './output.ts';
import { type Progress, progress } from './progress.ts';
import { seriesLines } from './render-series.ts';
import { whereOf } from './where.ts';

export interface RunCommandOptions {
  readonly scenario: string;
  /** A source, or the URL of a server of the user's. */
  readonly on: string;
  readonly allowWrites?: string;
  readonly seed: number;
  /** Default: the scenario's. */
  readonly scale?: number;
  /** Minutes. Default: the scenario's. */
  readonly duration?: number;
  readonly only?: string;
  readonly runs: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `pgattest run` */
export async function run(name: string, options: RunCommandOptions): Promise<void> {
  await runLoaded(await loadDesign(name, process.cwd()), options);
}

/** Runs a scenario on a design, with evidence, reports and an exit code. */
export async function runLoaded(loaded: LoadedDesign, options: RunCommandOptions): Promise<FinishedScenario> {
  const show = progress(options.quiet === true);
  const finished = await carryOut(loaded, options, show);
  print(
    options.json === true
      ? reporters.summary.render(finished.evidence)
      : renderTerminal(finished.evidence, {
          color: colorOf(process.stdout),
          width: process.stdout.columns ?? 100,
        }),
  );
  for (const line of seriesLines(finished.series)) show.note(line);
  show.note(`report: ${shortPath(join(finished.folder, reporters.html.file))}`);
  process.exitCode = finished.exitCode;
  return finished;
}

/** The same, with nothing printed but progress, and without the exit code. */
export async function carryOut(
  loaded: LoadedDesign,
  options: RunCommandOptions,
  show: Progress,
): Promise<FinishedScenario> {
  const where = whereOf(options);
  const plan = await makePlan(loaded, options, where.shown);
  return interruptible((signal) =>
    executePlan({
      loaded,
      plan: plan.plan,
      on: where.own ?? where.on,
      root: resolve(options.runs),
      series: resolve(options.runs, '..', 'series'),
      reports: Object.values(reporters),
      pace: plan.pace,
      signal,
      onEvent: show.onEvent,
    }),
  ).finally(() => show.done());
}

/** Relative to the current folder when it is below it. */
function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

async function makePlan(
  loaded: LoadedDesign,
  options: RunCommandOptions,
  on: string,
): Promise<{ plan: Plan; pace: number }> {
  const scenario = await loadScenario(options.scenario);
  const { minutes: usual } = scenario;
  if (usual === undefined && options.duration !== undefined) {
    throw new ConfigError(
      '--duration',
      `scenario ${scenario.name} takes what it takes`,
      'leave it out, or use --scenario nightly',
    );
  }
  const minutes = options.duration ?? usual;
  const startedAt = new Date();
  const commit = await commitOf(dirname(loaded.design.file));
  const plan: Plan = {
    schema: planSchema,
    run: runId(startedAt, loaded.design.name),
    design: loaded.design.name,
    title: loaded.design.title,
    scenario: scenario.name,
    ...(options.only === undefined ? {} : { only: options.only }),
    seed: options.seed,
    scale: options.scale ?? scenario.scale ?? 1,
    ...(minutes === undefined ? {} : { minutes }),
    on,
    startedAt: startedAt.toISOString(),
    tool: { name: 'pgattest', version: version(), node: process.version },
    inputs: Object.fromEntries(loaded.files.map((file) => [inputName(file, loaded), digestOf(file)])),
    ...(commit === undefined ? {} : { commit }),
    operator: userInfo().username,
    claims: planClaims(loaded.design, scenario, options.only),
    ...(loaded.design.notAssessed === undefined ? {} : { notAssessed: [...loaded.design.notAssessed] }),
  };
  return { plan, pace: minutes === undefined || usual === undefined ? 1 : minutes / usual };
}

/** Sorts by time; the random tail keeps two runs of the same second apart. */
function runId(at: Date, design: string): string {
  const time = at
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z');
  return `${time}-${design}-${randomBytes(3).toString('hex')}`;
}

/** A path that says the same on every machine: from the package for designs that come with it, else from the design's folder. */
function inputName(file: string, loaded: LoadedDesign): string {
  const base = file.startsWith(packageRoot) ? packageRoot : dirname(loaded.design.file);
  return relative(base, file);
}

function digestOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** The commit of the working tree that holds the design, with `+changes` when it is not clean; undefined without git. */
async function commitOf(folder: string): Promise<string | undefined> {
  const head = await execa('git', ['rev-parse', 'HEAD'], { cwd: folder, reject: false });
  if (head.failed) return undefined;
  const status = await execa('git', ['status', '--porcelain', '--', '.'], { cwd: folder, reject: false });
  return status.stdout === '' ? head.stdout : `${head.stdout}+changes`;
}
