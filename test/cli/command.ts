import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';

export const bin = fileURLToPath(new URL('../../bin/pgattest.js', import.meta.url));

/** A folder of the test's own for runs, designs and temporary files, open to the server's account; gone after the test. */
export function scratch(): string {
  const folder = mkdtempSync('/tmp/pgt-cli-');
  chmodSync(folder, 0o755);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs; `line` waits for a line of standard error that matches. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  line(pattern: RegExp): Promise<string>;
  /** What it has written so far. */
  stderr(): string;
}

/** Starts `pgattest` with the scratch folder for its temporary files. */
export function start(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const look of waiting) look();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  const line = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = stderr
          .split('\n')
          .slice(0, -1)
          .find((each) => pattern.test(each));
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without a line like ${pattern}:\n${stderr}`)), reject);
    });
  return { child, ended, line, stderr: () => stderr };
}

export function pgattest(folder: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Ended> {
  return start(folder, args, env).ended;
}

/** What the user gave is wrong: exit code 2, one line on standard error, nothing on standard output. */
export async function expectRefused(folder: string, args: readonly string[], message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await pgattest(folder, args);
  const complaint = stderr
    .split('\n')
    .filter((text) => text.startsWith('pgattest: '))
    .join('\n');
  expect(complaint, stderr).toMatch(message);
  expect(complaint).not.toContain('\n');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
}

/** Neither a process nor a folder of a run is left below the scratch folder. */
export function expectNothingLeft(folder: string): void {
  const left = readdirSync(folder)
    .filter((name) => /^pgattest-\d+$/.test(name))
    .flatMap((name) => readdirSync(join(folder, name)));
  expect(left).toEqual([]);
  expect(processesIn(folder)).toEqual([]);
}

/** Command lines that name the folder; empty where /proc does not tell. */
export function processesIn(folder: string): readonly string[] {
  if (!existsSync('/proc/self/cmdline')) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return command.includes(folder) ? [command] : [];
      } catch {
        return [];
      }
    });
}
