import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { argumentsOf, environmentOf, type Share, sharesOf } from './arguments.ts';
import { type Child, type ChildEnd, startChild } from './child.ts';
import { checkLogFolder, cutLog, logFilesOf } from './log-files.ts';
import { ProgressMerge } from './merge-progress.ts';
import { mergeReports } from './merge-reports.ts';
import { checkedOptions, type PgbenchOptions } from './options.ts';
import { parseReport } from './parse-report.ts';
import { type Problem, problemOf } from './problem.ts';
import { type Progress, parseProgress } from './progress.ts';
import { Queue } from './queue.ts';
import type { Report } from './report.ts';
import { layScripts, type ScriptFile } from './script-files.ts';

interface Measured {
  readonly options: Omit<PgbenchOptions, 'connection' | 'signal'>;
  /** Names, as the scripts were given; their place is their number in logs. */
  readonly scripts: readonly string[];
  /** Every line of `-P`, those of several processes put together. */
  readonly progress: readonly Progress[];
  /** Files of `log`, all processes and threads. */
  readonly logs: readonly string[];
  readonly startedAt: Date;
  /** From the start to the end of the last process, connecting and vacuum included. */
  readonly seconds: number;
  readonly said: readonly string[];
}

/** A run that went to its end: the only one with figures. */
export interface CompleteRun extends Measured {
  readonly status: 'complete';
  readonly report: Report;
  readonly reports: readonly Report[];
}

/** A run that did not: what pgbench printed of it, and how far it came, is no figure of the server's. */
export interface AbortedRun extends Measured {
  readonly status: 'aborted';
  readonly problem: Problem;
  /** As printed by the processes that got so far; its tps is of the time before the end. */
  readonly partial: Report | undefined;
}

export type PgbenchResult = CompleteRun | AbortedRun;

export interface PgbenchRun {
  /** Ends with the run. For one reader; who does not read it misses nothing, `result.progress` has it all. */
  readonly progress: AsyncIterable<Progress>;
  /**
   * Rejects with ConfigError for options and scripts that cannot work; everything else, a missing pgbench included, is a result
   * that was aborted.
   */
  readonly result: Promise<PgbenchResult>;
}

/** Starts pgbench, once or several times side by side. */
export function pgbench(options: PgbenchOptions): PgbenchRun {
  const progress = new Queue<Progress>();
  const result = run(options, (tick) => progress.push(tick));
  // Who reads the progress first would else be shot by a rejection that nobody has looked at yet.
  result.then(
    () => progress.close(),
    (error: unknown) => progress.close({ error }),
  );
  return { progress, result };
}

async function run(given: PgbenchOptions, onProgress: (tick: Progress) => void): Promise<PgbenchResult> {
  const options = checkedOptions(given);
  const { log } = options;
  if (log !== undefined) await checkLogFolder(log.folder);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'pgattest-pgbench-'));
  try {
    const files = await layScripts(options, folder);
    const shares = sharesOf(options);
    const ticks: Progress[] = [];
    const startedAt = new Date();
    const started = performance.now();
    const ends = await runAll(options, shares, files, (tick) => {
      ticks.push(tick);
      onProgress(tick);
    });
    const { connection: _, signal: __, ...asked } = options;
    const measured: Measured = {
      options: asked,
      scripts: files.map(({ name }) => name),
      progress: ticks,
      logs:
        log === undefined
          ? []
          : await logFilesOf(
              log.folder,
              shares,
              ends.map(({ pid }) => pid),
            ),
      startedAt,
      seconds: (performance.now() - started) / 1000,
      said: ends.flatMap(({ said }) => said),
    };
    return await judged(options, measured, ends, files);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type End = ChildEnd & Pick<Child, 'pid'>;

async function runAll(
  options: PgbenchOptions,
  shares: readonly Share[],
  files: readonly ScriptFile[],
  onProgress: (tick: Progress) => void,
): Promise<readonly End[]> {
  const { program = 'pgbench', connection, signal, progressSeconds = 1 } = options;
  if (signal?.aborted) return [];
  const merge = new ProgressMerge(shares.length, progressSeconds || 1);
  const children = shares.map((share, index) =>
    startChild({
      program,
      arguments: argumentsOf(options, share, files),
      environment: environmentOf(connection),
      password: connection?.password,
      take: (line) => {
        const tick = parseProgress(line);
        if (tick === undefined) return false;
        for (const complete of merge.push(index, tick)) onProgress(complete);
        return true;
      },
    }),
  );
  const stop = () => {
    for (const child of children) child.stop();
  };
  signal?.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.all(
      children.map(async ({ pid, end }, index) => {
        const ended = await end;
        for (const complete of merge.end(index)) onProgress(complete);
        // One that could not begin: the whole is none. One that was aborted later: the others may still say how far they came.
        if (ended.exitCode !== 0 && ended.exitCode !== 2) stop();
        return { pid, ...ended };
      }),
    );
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function judged(
  options: PgbenchOptions,
  measured: Measured,
  ends: readonly End[],
  files: readonly ScriptFile[],
): Promise<PgbenchResult> {
  const reports = ends.flatMap(({ stdout }) => parseReport(stdout) ?? []);
  const [first, ...rest] = reports;
  const report = first === undefined ? undefined : mergeReports([first, ...rest]);
  const problem = await problemIn(options, measured, ends, files, reports);
  if (problem === undefined && report !== undefined)
    return { ...measured, status: 'complete', report, reports };
  return {
    ...measured,
    status: 'aborted',
    problem: problem ?? {
      code: 'unknown',
      message: 'pgbench: exited with 0 and printed no report; see what it said',
      said: measured.said,
    },
    partial: report,
  };
}

async function problemIn(
  { signal, program = 'pgbench', log }: PgbenchOptions,
  { said, logs }: Measured,
  ends: readonly End[],
  files: readonly ScriptFile[],
  reports: readonly Report[],
): Promise<Problem | undefined> {
  if (signal?.aborted) {
    const message = 'pgbench: interrupted; what was measured until then is kept';
    return { code: 'interrupted', message, said };
  }
  const [bad] = ends
    .filter(({ exitCode }) => exitCode !== 0)
    // Those that were stopped because of another come after it.
    .sort((a, b) => Number(a.signal !== undefined) - Number(b.signal !== undefined));
  if (bad?.startError !== undefined) {
    const message = `pgbench: ${program} does not start: ${bad.startError}; install it (Debian: postgresql-15) or give program`;
    return { code: 'not-installed', message, said };
  }
  if (bad !== undefined) return problemOf({ ...bad, files });
  // 0 should do, but an exit status is not all that a wrapper script may lose.
  if (said.some((line) => /Run was aborted/.test(line)))
    return problemOf({ exitCode: 0, signal: undefined, said, files });
  if (reports.length < ends.length) return undefined;
  return log === undefined ? undefined : await cutLog(log.folder, logs, said);
}
