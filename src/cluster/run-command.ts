import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ExecOptions, ExecResult } from './host.ts';
import type { Machine } from './machine.ts';
import type { ProcessTable } from './process-table.ts';
import { killTree } from './process-tree.ts';
import type { ServerUser } from './server-user.ts';

/** As whom and where a command runs. */
export interface Setting {
  readonly machine: Machine;
  readonly user: ServerUser | null;
  readonly folder: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly result: Promise<ExecResult>;
}

/** Exit code of a command that could not be run at all, as shells have it. */
export const notRunnable = 127;

/** Exit code of a command that was killed because its time was up, as timeout(1) has it. */
export const timedOut = 124;

/**
 * Options for `spawn`: no variable of the caller's environment gets through but PATH (PGDATA, PGOPTIONS or LC_ALL
 * would change what a server does), messages are English, and the command has a session of its own, out of reach of
 * the terminal's Ctrl-C.
 */
export function spawnOptions({ machine, user, folder }: Setting, env: ExecOptions['env'] = {}) {
  return {
    cwd: folder,
    env: { PATH: machine.env.path, HOME: folder, LC_ALL: 'C', TZ: 'UTC', ...env },
    detached: true,
    ...(user === null ? {} : { uid: user.uid, gid: user.gid }),
  } as const;
}

/** Starts a command; `result` settles at its end. Aborted, it throws the reason; out of time, it exits with `timedOut`. */
export function runCommand(
  command: readonly string[],
  setting: Setting,
  table: ProcessTable,
  options: ExecOptions = {},
): Running {
  options.signal?.throwIfAborted();
  const [file = '', ...parameters] = command;
  const child = spawn(file, parameters, { ...spawnOptions(setting, options.env), stdio: 'pipe' });
  return { child, result: collect(child, file, table, options) };
}

async function collect(
  child: ChildProcess,
  file: string,
  table: ProcessTable,
  { stdin = '', timeoutMs, signal }: ExecOptions,
): Promise<ExecResult> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
  // A command that does not read its input closes the pipe: not an error.
  child.stdin?.on('error', () => {});
  child.stdin?.end(stdin);

  let late = false;
  const kill = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
      killTree(table, child.pid);
  };
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          kill();
        }, timeoutMs);
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    signal?.throwIfAborted();
    const stderr = Buffer.concat(err).toString();
    return {
      exitCode: late ? timedOut : (code ?? 128),
      stdout: Buffer.concat(out).toString(),
      stderr: late ? `${stderr}${file} took longer than ${timeoutMs} ms\n` : stderr,
    };
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const why = error instanceof Error ? error.message : String(error);
    return { exitCode: notRunnable, stdout: '', stderr: `cannot run ${file}: ${why}\n` };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', kill);
  }
}
