import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import type { Machine } from './machine.ts';
import { processTable } from './process-table.ts';
import { runCommand, timedOut } from './run-command.ts';
import { serverUser } from './server-user.ts';

/** What a source found. `code` tells what is wrong: nothing there, or not version 15. */
export type Search =
  | { readonly status: 'found'; readonly bin: string; readonly version: string; readonly where: string }
  | {
      readonly status: 'missing';
      readonly code: 'no-postgres' | 'wrong-version';
      readonly why: string;
      readonly hint: string;
    };

/**
 * What `postgres --version` in a folder says behind the name, when run as the server's account; else why it does not
 * run.
 */
export async function serverVersion(
  bin: string,
  machine: Machine,
  signal?: AbortSignal,
): Promise<{ readonly version: string } | { readonly problem: string; readonly late: boolean }> {
  const setting = { machine, user: serverUser(machine), folder: '/' };
  const { result } = runCommand(
    [path.join(bin, 'postgres'), '--version'],
    setting,
    processTable(machine.platform),
    {
      timeoutMs: 10_000,
      ...(signal === undefined ? {} : { signal }),
    },
  );
  const { exitCode, stdout, stderr } = await result;
  const version = /^postgres \(PostgreSQL\) (.+)$/m.exec(stdout)?.[1];
  if (exitCode === 0 && version !== undefined) return { version };
  return {
    problem: stderr.trim().split('\n').at(-1) || `it exits with ${exitCode}`,
    late: exitCode === timedOut,
  };
}

export function isVersion15(version: string): boolean {
  return /^15(\D|$)/.test(version);
}

export function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
