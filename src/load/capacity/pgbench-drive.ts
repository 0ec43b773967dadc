import { ClusterError } from '../../cluster/error.ts';
import type { ExecResult } from '../../cluster/host.ts';
import type { Drive, Driven, Trial } from './measure.ts';

export interface PgbenchDriveOptions {
  /** Path of pgbench. */
  readonly pgbench: string;
  /** Where it connects: `-h`, `-p`, `-U` and the database. */
  readonly connection: readonly string[];
  /** Path of a script, and what one run of it asks. */
  readonly script: string;
  readonly readsPerTransaction: number;
  readonly writesPerTransaction: number;
  readonly protocol?: 'simple' | 'extended' | 'prepared';
  /** Runs a command as the account that may connect; `exec` of a Host does. */
  readonly exec: (command: readonly string[]) => Promise<ExecResult>;
}

/** Runs a command and lets the shell say what it has used of the processors: POSIX `times`, user and system of children, second line. */
const timed = '"$@"; code=$?; times >&2; exit $code';

/** pgbench as a closed generator. Throws ClusterError for a run that was aborted or failed transactions. */
export function pgbenchDrive(options: PgbenchDriveOptions): Drive {
  return async (trial) => {
    const result = await options.exec(['sh', '-c', timed, 'sh', ...commandOf(options, trial)]);
    return readRun(result, options);
  };
}

function commandOf(
  options: PgbenchDriveOptions,
  { clients, seconds, generatorOn }: Trial,
): readonly string[] {
  return [
    ...['taskset', '-c', generatorOn.join(',')],
    options.pgbench,
    ...['-n', '-M', options.protocol ?? 'prepared', '-f', options.script],
    // More threads than processors would only take them from each other.
    ...['-c', String(clients), '-j', String(Math.min(clients, generatorOn.length)), '-T', String(seconds)],
    ...options.connection,
  ];
}

function readRun(
  { exitCode, stdout, stderr }: ExecResult,
  { readsPerTransaction, writesPerTransaction }: PgbenchDriveOptions,
): Driven {
  const [, processed] = /^number of transactions actually processed: (\d+)/m.exec(stdout) ?? [];
  const [, rate] = /^tps = ([\d.]+) \(without initial connection time\)/m.exec(stdout) ?? [];
  const [, failed = '0'] = /^number of failed transactions: (\d+)/m.exec(stdout) ?? [];
  const used = childSeconds(stderr);
  // After its server died pgbench still prints a healthy rate: the exit code tells.
  if (
    exitCode !== 0 ||
    processed === undefined ||
    rate === undefined ||
    used === undefined ||
    failed !== '0'
  ) {
    const why = stderr
      .split('\n')
      .find((line) => /error|fatal|aborted|cannot run/i.test(line))
      ?.trim();
    throw new ClusterError(
      'not-able',
      `pgbench was no measurement (exit code ${exitCode}, ${failed} failed transactions)${why === undefined ? '' : `: ${why}`}`,
      'see its script and its server',
    );
  }
  const transactions = Number(processed);
  return {
    reads: transactions * readsPerTransaction,
    writes: transactions * writesPerTransaction,
    seconds: transactions / Number(rate),
    processorSeconds: used,
  };
}

/** The last line of `times`: `0m1.230s 0m0.450s`. */
export function childSeconds(text: string): number | undefined {
  const lines = [...text.matchAll(/^(\d+)m([\d.]+)s\s+(\d+)m([\d.]+)s$/gm)];
  const last = lines.at(-1);
  if (last === undefined) return undefined;
  const [, userMinutes, user, systemMinutes, system] = last.map(Number);
  return ((userMinutes ?? 0) + (systemMinutes ?? 0)) * 60 + (user ?? 0) + (system ?? 0);
}
