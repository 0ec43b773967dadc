import { environmentOf, initArguments } from './arguments.ts';
import { startChild } from './child.ts';
import { checkedInit, type InitOptions } from './options.ts';
import { type Problem, problemOf } from './problem.ts';

export type InitResult =
  | { readonly status: 'complete'; readonly report: InitReport }
  | { readonly status: 'aborted'; readonly problem: Problem };

export interface InitReport {
  readonly seconds: number;
  /** By step, in order: `drop tables`, `create tables`, `client-side generate`, `vacuum`, `primary keys`, `foreign keys`. */
  readonly steps: Readonly<Record<string, number>>;
}

/** How far the making of rows on the client's side is: `-i` says so on stderr. */
export interface InitProgress {
  readonly done: number;
  readonly of: number;
  readonly elapsedSeconds: number;
  readonly remainingSeconds: number;
}

/** Makes pgbench's own tables. Rejects with ConfigError for options that cannot work. */
export async function initialize(
  given: InitOptions,
  onProgress: (progress: InitProgress) => void = () => {},
): Promise<InitResult> {
  const options = checkedInit(given);
  const { program = 'pgbench', connection, signal } = options;
  const aborted = (code: Problem['code'], what: string, said: readonly string[]): InitResult => ({
    status: 'aborted',
    problem: { code, message: `pgbench: ${what}`, said },
  });
  const interrupted = 'interrupted; the tables are half made';
  if (signal?.aborted) return aborted('interrupted', 'interrupted before it began', []);
  let report: InitReport | undefined;
  const child = startChild({
    program,
    arguments: initArguments(options),
    environment: environmentOf(connection),
    password: connection?.password,
    take: (line) => {
      report ??= parseInitReport(line);
      const progress = parseInitProgress(line);
      if (progress !== undefined) onProgress(progress);
      return progress !== undefined;
    },
  });
  const stop = () => child.stop();
  signal?.addEventListener('abort', stop, { once: true });
  const end = await child.end.finally(() => signal?.removeEventListener('abort', stop));
  if (signal?.aborted) return aborted('interrupted', interrupted, end.said);
  if (end.startError !== undefined) {
    const what = `${program} does not start: ${end.startError}; install it (Debian: postgresql-15) or give program`;
    return aborted('not-installed', what, end.said);
  }
  if (end.exitCode === 0 && report !== undefined) return { status: 'complete', report };
  return { status: 'aborted', problem: problemOf({ ...end, files: [] }) };
}

/** `done in 0.13 s (drop tables 0.00 s, …).` */
export function parseInitReport(line: string): InitReport | undefined {
  const match = /^done in ([\d.]+) s \((.*)\)\.$/.exec(line);
  if (match === null) return undefined;
  const steps = (match[2] ?? '').split(', ').flatMap((step) => {
    const [, name, seconds] = /^(.*) ([\d.]+) s$/.exec(step) ?? [];
    return name === undefined ? [] : [[name, Number(seconds)] as const];
  });
  return { seconds: Number(match[1]), steps: Object.fromEntries(steps) };
}

/** `100000 of 100000 tuples (100%) done (elapsed 0.06 s, remaining 0.00 s)`; 17 says of which table. */
export function parseInitProgress(line: string): InitProgress | undefined {
  const match =
    /^\s*(\d+) of (\d+) tuples \(\d+%\)(?: of \w+)? done \(elapsed ([\d.]+) s, remaining ([\d.]+) s\)/.exec(
      line,
    );
  if (match === null) return undefined;
  const [, done, of, elapsed, remaining] = match;
  return {
    done: Number(done),
    of: Number(of),
    elapsedSeconds: Number(elapsed),
    remainingSeconds: Number(remaining),
  };
}
