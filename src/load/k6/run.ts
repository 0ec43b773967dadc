import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { ClusterError } from '../../cluster/error.ts';
import { type Machine, thisMachine } from '../../cluster/machine.ts';
import { ConfigError } from '../../design/config-error.ts';
import { processTimes } from '../usage/proc.ts';
import { commandOf, summaryFile } from './arguments.ts';
import { endingOf } from './ending.ts';
import type { K6Log, K6Options, K6Result } from './model.ts';
import { ProgressReader, readLog } from './output.ts';
import { Stopper } from './stopper.ts';
import { readSummary } from './summary.ts';

export type { K6Binary, K6Ending, K6Log, K6Options, K6Progress, K6Result, K6Summary } from './model.ts';

/** So many errors are kept as text; the rest is counted. */
const errorsKept = 100;

/**
 * Runs k6 to its end, whatever that is: see K6Ending. Throws ConfigError for a script that is not there, ClusterError for a
 * binary that cannot be started.
 */
export async function runK6(options: K6Options, machine: Machine = thisMachine()): Promise<K6Result> {
  if (!existsSync(options.script)) {
    throw new ConfigError(options.script, 'there is no such script', 'give the path of a k6 script');
  }
  mkdirSync(options.folder, { recursive: true });
  rmSync(summaryFile(options.folder), { force: true });
  const { file, args, env } = commandOf(options, machine.env.path);
  const began = performance.now();
  // A session of its own: the terminal's Ctrl-C would be a second SIGINT, which k6 takes for `at once`.
  const child = spawn(file, args, { cwd: options.folder, env, stdio: 'pipe', detached: true });
  await started(child, file);
  const stopper = new Stopper(child, options);
  const watched = watch(child, options);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    const { progress, errors, errorCount, processor } = watched();
    const seconds = progress?.elapsed ?? 0;
    const summary = readKept(options.folder, { seconds, interrupted: progress?.interrupted ?? 0 });
    return {
      ending: endingOf({ code, signal, stopped: stopper.why, errors, summary }),
      exitCode: code,
      signal,
      elapsedMs: performance.now() - began,
      processorSeconds: processor,
      summary,
      errors,
      errorCount,
    };
  } finally {
    stopper.release();
  }
}

async function started(child: ChildProcess, file: string): Promise<void> {
  try {
    await once(child, 'spawn');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ClusterError('not-able', `${file} cannot be started: ${why}`, 'build it with buildK6', {
      cause,
    });
  }
}

function readKept(folder: string, seen: { seconds: number; interrupted: number }) {
  const file = summaryFile(folder);
  return existsSync(file) ? readSummary(readFileSync(file, 'utf8'), seen) : null;
}

/** Reads both streams as they come; memory does not grow with them. */
function watch(child: ChildProcess, { password, onProgress, onLog, onStart }: K6Options) {
  const reader = new ProgressReader();
  const errors: string[] = [];
  let errorCount = 0;
  let processor: number | null = null;
  const mask = (text: string) =>
    password === undefined || password === '' ? text : text.replaceAll(password, '***');
  const logged = (entry: K6Log) => {
    const line = { ...entry, message: mask(entry.message) };
    if (line.level === 'error') {
      errorCount++;
      if (errors.length < errorsKept) errors.push(line.message);
      // The last says why it ended.
      else errors[errorsKept - 1] = line.message;
    }
    onLog?.(line);
  };
  const { pid, stdout, stderr } = child;
  if (stdout === null || stderr === null || pid === undefined) throw new Error('k6 has no output');
  onStart?.(pid);
  // Closed by the kernel when this process dies: k6 then stops too.
  child.stdin?.on('error', () => {});
  createInterface({ input: stdout }).on('line', (line) => {
    if (!reader.read(line)) return;
    processor = processTimes(pid)?.own ?? processor;
    if (reader.latest !== undefined) onProgress?.(reader.latest);
  });
  createInterface({ input: stderr }).on('line', (line) => {
    if (line.trim() !== '') logged(readLog(line));
  });
  return () => ({ progress: reader.latest, errors, errorCount, processor });
}
