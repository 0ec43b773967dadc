import { chownSync, mkdirSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { endProcesses, endProcessesNow } from './ending.ts';
import { ClusterError, fileError } from './error.ts';
import type { ExecOptions, ExecResult, Host, Service, StartOptions } from './host.ts';
import { type Machine, thisMachine } from './machine.ts';
import { Owner } from './owner.ts';
import { startService } from './process-service.ts';
import { killTree } from './process-tree.ts';
import { enlist, strike } from './release.ts';
import { runCommand, type Setting } from './run-command.ts';
import { type ServerUser, serverUser } from './server-user.ts';

/**
 * This machine's processes as a host. As root everything runs as another account. Processes and files are on record
 * (see owner.ts) from the moment they exist, so that they go even when this process is killed.
 */
export class ProcessHost implements Host {
  readonly kind = 'process';
  readonly abilities = new Set(['freeze'] as const);
  readonly folder: string;
  /** The account that commands run as; null: this process's own. */
  readonly user: ServerUser | null;
  readonly #owner: Owner;
  readonly #setting: Setting;
  #closing: Promise<void> | undefined;

  constructor(machine: Machine = thisMachine()) {
    this.user = serverUser(machine);
    this.#owner = Owner.open(machine);
    this.folder = path.join(this.#owner.folder, 'h');
    this.#setting = { machine, user: this.user, folder: this.folder };
    enlist(this);
    mkdirSync(this.folder, { mode: 0o700 });
    if (this.user !== null) chownSync(this.folder, this.user.uid, this.user.gid);
  }

  async exec(command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    this.#mustBeOpen();
    const { child, result } = runCommand(command, this.#setting, this.#owner.table, options);
    const { pid } = child;
    if (pid === undefined) return result;
    child.once('exit', () => this.#owner.forget(pid));
    try {
      this.#owner.adopt(path.basename(command[0] ?? ''), pid, 'SIGTERM');
    } catch (error) {
      killTree(this.#owner.table, pid);
      await result.catch(() => {});
      throw error;
    }
    return result;
  }

  async start(command: readonly string[], options: StartOptions): Promise<Service> {
    this.#mustBeOpen();
    return startService(command, this.#below(options.log), options, this.#setting, this.#owner);
  }

  async writeFile(file: string, content: string, mode = 0o600): Promise<void> {
    const target = this.#below(file);
    try {
      await writeFile(target, content, { mode });
      await this.#give(target, mode);
    } catch (error) {
      throw fileError(error, target, 'write');
    }
  }

  async readFile(file: string): Promise<string> {
    return readFile(path.resolve(this.folder, file), 'utf8');
  }

  async makeFolder(folder: string, mode = 0o700): Promise<void> {
    const target = this.#below(folder);
    try {
      await mkdir(target, { mode });
      await this.#give(target, mode);
    } catch (error) {
      throw fileError(error, target, 'make a folder');
    }
  }

  async remove(target: string): Promise<void> {
    await rm(this.#below(target), { recursive: true, force: true, maxRetries: 3 });
  }

  async port(): Promise<number> {
    return new Promise((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => {
          if (address !== null && typeof address === 'object') resolve(address.port);
          else reject(new Error('no address of a listening socket'));
        });
      });
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As `close`, by force and before it returns: for the exit of a process that cannot wait. */
  closeNow(): void {
    this.#closing ??= Promise.resolve();
    endProcessesNow(this.#owner, this.#owner.table);
    this.#owner.closeNow();
    strike(this);
  }

  async #close(): Promise<void> {
    await endProcesses(this.#owner, this.#owner.table);
    await this.#owner.close();
    strike(this);
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined)
      throw new ClusterError('closed', `the host in ${this.folder} is closed`, '');
  }

  /** The umask takes bits away, and root's files must become the server's. */
  async #give(target: string, mode: number): Promise<void> {
    await chmod(target, mode);
    if (this.user !== null) await chown(target, this.user.uid, this.user.gid);
  }

  #below(target: string): string {
    const full = path.resolve(this.folder, target);
    if (full.startsWith(`${this.folder}/`)) return full;
    throw new ClusterError(
      'no-permission',
      `${target} is not below the folder of its host, ${this.folder}`,
      '',
    );
  }
}
