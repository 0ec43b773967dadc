import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ClusterError, fileError } from './error.ts';
import type { Address, Service, StartOptions } from './host.ts';
import { sendSignal } from './machine.ts';
import type { Owner } from './owner.ts';
import { freezeTree, gone, killTree, thawTree } from './process-tree.ts';
import { type Setting, spawnOptions } from './run-command.ts';
import { mappedSegments } from './shared-memory.ts';
import { throttled } from './throttled.ts';

const killMs = 5_000;

/** Starts a server as a process of this machine and writes it down before anything else can happen. */
export async function startService(
  command: readonly string[],
  logFile: string,
  options: StartOptions,
  setting: Setting,
  owner: Owner,
): Promise<ProcessService> {
  const log = openLog(logFile);
  let child: ChildProcess;
  try {
    const [file = '', ...parameters] = command;
    child = spawn(file, parameters, { ...spawnOptions(setting, options.env), stdio: ['ignore', log, log] });
  } finally {
    closeSync(log);
  }
  const { pid } = child;
  if (pid === undefined) {
    const why = await new Promise<Error>((resolve) => child.once('error', resolve));
    throw new ClusterError(
      'start-failed',
      `cannot run ${command[0]}: ${why.message}`,
      'see pgattest doctor',
      { cause: why },
    );
  }
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => {
      owner.forget(pid);
      resolve({ code, signal });
    });
  });
  try {
    owner.adopt(options.name, pid, options.stop ?? 'SIGTERM');
  } catch (error) {
    killTree(owner.table, pid);
    await exited;
    throw error;
  }
  return new ProcessService(options, child, pid, exited, logFile, owner);
}

export class ProcessService implements Service {
  readonly name: string;
  readonly pid: number;
  readonly address: Address | undefined;
  readonly direct: Address | undefined;
  readonly exited: Service['exited'];
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #owner: Owner;
  #running = true;

  constructor(
    { name, place }: StartOptions,
    child: ChildProcess,
    pid: number,
    exited: Service['exited'],
    log: string,
    owner: Owner,
  ) {
    this.name = name;
    this.pid = pid;
    this.#child = child;
    this.address = place === undefined ? undefined : { host: place.host, port: place.port };
    this.direct = this.address;
    this.exited = exited;
    this.#log = log;
    this.#owner = owner;
    // Once the exit is known the pid may be given to a stranger.
    void exited.then(() => {
      this.#running = false;
    });
  }

  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGQUIT' | 'SIGHUP'): void {
    if (this.#running) sendSignal(this.pid, name);
  }

  async kill(): Promise<void> {
    if (!this.#running) return;
    const frozen = freezeTree(this.#owner.table, this.pid);
    // The server cannot tidy up any more, unless it is started again on the same folder.
    this.#owner.note(mappedSegments(frozen));
    await gone(this.#owner.table, killTree(this.#owner.table, this.pid), killMs);
    await this.exited;
  }

  async freeze(): Promise<void> {
    if (this.#running) freezeTree(this.#owner.table, this.pid);
  }

  async thaw(): Promise<void> {
    if (this.#running) thawTree(this.#owner.table, this.pid);
  }

  async throttle(share: number): Promise<() => Promise<void>> {
    return throttled(this, share);
  }

  async cutOff(): Promise<never> {
    throw new ClusterError(
      'not-able',
      `${this.name} cannot be cut off the network: it is a process of this machine`,
      'use a host with the ability cut-off, such as a container',
    );
  }

  /** The program need not wait for its end. */
  letGo(): void {
    this.#child.unref();
  }

  async log(): Promise<string> {
    return readFile(this.#log, 'utf8');
  }
}

/** The folder belongs to the server's account, so a link in it is not followed. */
function openLog(file: string): number {
  try {
    return openSync(
      file,
      constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW,
      0o600,
    );
  } catch (error) {
    throw fileError(error, file, 'write a log');
  }
}
