import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ClusterError } from '../../cluster/error.ts';
import { ConfigError } from '../../design/config-error.ts';
import { type Segment, segmentsOf } from '../distributed/segments.ts';
import { sum } from '../judge/statistics.ts';
import type { K6Ending, K6Result } from '../k6/model.ts';
import { runK6 } from '../k6/run.ts';
import { measureFiles } from '../recording/measure.ts';
import type { Measured } from '../recording/measured.ts';
import type { LoadPlan } from './plan.ts';

export interface GeneratorsOptions {
  readonly binary: string;
  /** Absolute path. */
  readonly script: string;
  readonly plan: Omit<LoadPlan, 'recording' | 'startAt'>;
  /** Generators side by side, each with its execution segment of the whole. */
  readonly segments: number;
  readonly password: string;
  /** Where plans, recordings and each generator's own files go; it is there. */
  readonly folder: string;
  /** Of this run, for the names of its files. */
  readonly run: number;
  /** Processors that generators are held to, as `taskset -c` takes them. */
  readonly processors?: string;
  readonly signal: AbortSignal;
  readonly onStart: (pid: number) => void;
  /** Of the one that is least far, 0 to 1. */
  readonly onProgress: (fraction: number) => void;
}

export interface Generated {
  /** One of each generator, in the order of the segments. */
  readonly recordings: readonly string[];
  readonly k6: readonly K6Result[];
}

/** How long generators may take until they wait at the start: each reads the deck, on processors that they share. */
const leadMs = { first: 3000, each: 1000 } as const;

/**
 * Runs one k6, or several side by side that begin at one instant. When one fails the others are stopped, as the load is not the whole then. Throws
 * ConfigError for fewer clients than segments: k6 would give a part none.
 */
export async function runGenerators(options: GeneratorsOptions): Promise<Generated> {
  const { plan, segments, folder, run } = options;
  if (plan.clients < segments) {
    const what = `${plan.clients} clients for ${segments} segments`;
    throw new ConfigError('--segments', what, 'give at least one client for each segment');
  }
  if (segments === 1) {
    const recording = path.join(folder, `recording-${run}.jsonl`);
    const k6 = await runPart(options, { recording, name: `${run}` }, options.signal, options.onProgress);
    return { recordings: [recording], k6: [k6] };
  }
  const startAt = new Date(Date.now() + leadMs.first + leadMs.each * segments).toISOString();
  const failure = new AbortController();
  const signal = AbortSignal.any([options.signal, failure.signal]);
  const fractions = new Array<number>(segments).fill(0);
  const parts = segmentsOf(segments).map((segment, at) => ({
    segment,
    name: `${run}-${at + 1}`,
    recording: path.join(folder, `recording-${run}-${at + 1}.jsonl`),
    startAt,
  }));
  const k6 = await Promise.all(
    parts.map(async (part, at) => {
      const result = await runPart(options, part, signal, (fraction) => {
        fractions[at] = fraction;
        options.onProgress(Math.min(...fractions));
      });
      if (result.ending.kind !== 'passed') failure.abort();
      return result;
    }),
  );
  return { recordings: parts.map(({ recording }) => recording), k6 };
}

interface Part {
  readonly name: string;
  readonly recording: string;
  readonly segment?: Segment;
  readonly startAt?: string;
}

async function runPart(
  options: GeneratorsOptions,
  { name, recording, segment, startAt }: Part,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<K6Result> {
  const { binary, script, password, folder, processors, onStart } = options;
  const plan: LoadPlan = { ...options.plan, recording, ...(startAt === undefined ? {} : { startAt }) };
  const planFile = path.join(folder, `load-${name}.json`);
  await writeFile(planFile, JSON.stringify(plan), { mode: 0o600 });
  return runK6({
    binary,
    script,
    env: { PGATTEST_LOAD: planFile },
    password,
    folder: path.join(folder, `k6-${name}`),
    ...(segment === undefined ? {} : { segment }),
    ...(processors === undefined ? {} : { processors }),
    signal,
    timeoutMs: (plan.seconds + 120) * 1000,
    onStart,
    onProgress: ({ fraction }) => onProgress(fraction),
  });
}

/**
 * All generators together. What k6 never began the extension does not see. Throws ClusterError when one that failed left nothing to
 * merge.
 *
 * @param clock seconds in which work was due: a slow server has k6 wait for its last answers, and that is no time in which less was asked
 */
export async function measureGenerated(
  { recordings, k6 }: Generated,
  warmUp: number,
  clock = Number.POSITIVE_INFINITY,
): Promise<Measured> {
  const failed = k6.find(({ ending }) => ending.kind !== 'passed' && ending.kind !== 'aborted');
  const stopped = failed ?? k6.find(({ ending }) => ending.kind !== 'passed');
  const reason = stopped === undefined ? undefined : `k6: ${sayEnding(stopped.ending)}`;
  let measured: Measured;
  try {
    measured = await measureFiles(recordings, { warmUp });
  } catch (cause) {
    if (reason === undefined) throw cause;
    const which = recordings.length === 1 ? 'the generator' : `a generator of ${recordings.length}`;
    throw new ClusterError('not-able', `${which} failed: ${reason}`, 'see its script', { cause });
  }
  const { end } = measured;
  if (end === undefined) return measured;
  const known = k6.every(({ summary }) => summary !== null);
  const dropped = known ? sum(k6.map(({ summary }) => summary?.droppedIterations ?? 0)) : end.dropped;
  // k6 does not count those that it broke off, and they were due all the same.
  const begun = sum(
    k6.map(({ summary }) => (summary?.iterations ?? 0) + (summary?.interruptedIterations ?? 0)),
  );
  const open = measured.header.model === 'open';
  return {
    ...measured,
    end: {
      ...end,
      seconds: Math.min(end.seconds, clock),
      dropped,
      ...(open ? { scheduled: begun + dropped } : {}),
      ...(reason === undefined ? {} : { complete: false, reason }),
    },
  };
}

function sayEnding(ending: K6Ending): string {
  switch (ending.kind) {
    case 'thresholds':
      return `thresholds crossed: ${ending.crossed.join(', ')}`;
    case 'script':
    case 'gave-up':
    case 'failed':
      return ending.message;
    default:
      return ending.kind;
  }
}
