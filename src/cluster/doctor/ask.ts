import { statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ExecResult } from '../host.ts';
import type { Machine } from '../machine.ts';
import { processTable } from '../process-table.ts';
import { notRunnable, runCommand, timedOut } from '../run-command.ts';
import type { ServerUser } from '../server-user.ts';
import { isRunnable } from '../server-version.ts';

/** Who takes longer to say a version is taken for hanging. */
export const patienceMs = 3_000;

export interface AskOptions {
  readonly timeoutMs?: number;
  /** As whom; null: oneself. */
  readonly user?: ServerUser | null;
  readonly signal?: AbortSignal;
}

/**
 * Runs a program that should answer at once. Never hangs: also not when a child of the program has left its group and keeps the
 * pipe open. Throws nothing but the reason of the signal.
 */
export async function ask(
  command: readonly string[],
  machine: Machine,
  { timeoutMs = patienceMs, user = null, signal }: AskOptions = {},
): Promise<ExecResult> {
  signal?.throwIfAborted();
  const over = new AbortController();
  try {
    const { child, result } = runCommand(
      command,
      { machine, user, folder: '/' },
      processTable(machine.platform),
      { timeoutMs, ...(signal === undefined ? {} : { signal }) },
    );
    const first = await Promise.race([
      result,
      // Later than the limit by what it takes to kill: ordinarily the result is first.
      delay(timeoutMs + 200, undefined, { signal: over.signal }).catch(() => undefined),
    ]);
    if (first !== undefined) return first;
    result.catch(() => {});
    for (const pipe of child.stdio) pipe?.destroy();
    child.unref();
    return { exitCode: timedOut, stdout: '', stderr: '' };
  } catch (error) {
    signal?.throwIfAborted();
    return { exitCode: notRunnable, stdout: '', stderr: (error as Error).message };
  } finally {
    over.abort();
  }
}

/** Why a program did not do what it was asked for, in a few words. */
export function failureOf({ exitCode, stderr }: ExecResult, timeoutMs = patienceMs): string {
  if (exitCode === timedOut) return `does not answer within ${timeoutMs / 1000} s`;
  const last = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  return `does not run: ${last === '' ? `it exits with ${exitCode}` : last}`;
}

/** Where packages and installers put programs, beside the PATH: Debian gives ordinary accounts no sbin. */
const known = ({ home }: Machine) => [
  '/usr/local/bin',
  '/usr/bin',
  '/usr/local/sbin',
  '/usr/sbin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/pgbouncer/bin',
  '/usr/local/go/bin',
  path.join(home, 'go', 'bin'),
];

export interface Places {
  /** Looked into before the PATH. */
  readonly first?: string | null;
  /** Looked into after the PATH. */
  readonly last?: readonly string[];
}

/** The program of one of these names, or undefined. */
export function findFile(names: readonly string[], machine: Machine, places?: Places): string | undefined {
  return findFiles(names, machine, places)[0];
}

/** The programs of these names, in the order of the places. */
export function findFiles(
  names: readonly string[],
  machine: Machine,
  { first = null, last = known(machine) }: Places = {},
): readonly string[] {
  const onPath = machine.env.path.split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const folders = [...(first === null ? [] : [first]), ...onPath, ...last];
  return folders.flatMap((folder) => names.map((name) => path.join(folder, name))).filter(isProgram);
}

/** A folder may be entered, which looks the same as may be run. */
function isProgram(file: string): boolean {
  return isRunnable(file) && statSync(file, { throwIfNoEntry: false })?.isFile() === true;
}
