import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { endProcesses, endProcessesNow } from './ending.ts';
import { ClusterError, fileError } from './error.ts';
import { fakeClockEnv, fakeTime, findFakeClock } from './fake-clock.ts';
import { freePort } from './free-port.ts';
import type {
  ExecOptions,
  ExecResult,
  Host,
  HostAbility,
  HostClock,
  Place,
  PlaceWish,
  Service,
  ServiceLog,
  StartOptions,
} from './host.ts';
import { type Machine, thisMachine } from './machine.ts';
import { mayMount, unmountBelow } from './mounts.ts';
import { Owner } from './owner.ts';
import { type ProcessService, startService } from './process-service.ts';
import { killTree } from './process-tree.ts';
import { enlist, type Keepable, type Keeping, strike } from './release.ts';
import { runCommand, type Setting } from './run-command.ts';
import { type ServerUser, serverUser } from './server-user.ts';
import { logsOf } from './service-logs.ts';

/**
 * This machine's processes as a host. As root everything runs as another account. Processes and
 * files are on record (see owner.ts) from the moment they exist, so that they go even when this process is killed.
 */
export class ProcessHost implements Host, Keepable {
  readonly kind = 'process';
  readonly range = '127.0.0.0/8';
  readonly abilities: ReadonlySet<HostAbility>;
  readonly folder: string;
  /** The account that commands run as; null: this process's own. */
  readonly user: ServerUser | null;
  readonly #owner: Owner;
  readonly #library: string | undefined;
  readonly #setting: Setting;
  readonly #services = new Set<ProcessService>();
  /** All that ever ran, for their logs. */
  readonly #started: ProcessService[] = [];
  #closing: Promise<void> | undefined;

  constructor(machine: Machine = thisMachine()) {
    this.user = serverUser(machine);
    this.#library = findFakeClock(machine);
    this.abilities = new Set([
      'freeze',
      ...(mayMount() ? (['small-disk'] as const) : []),
      ...(this.#library === undefined ? [] : (['clock'] as const)),
    ]);
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
    const log = this.#below(options.log);
    const service = await startService(command, log, options, this.#setting, this.#owner);
    this.#services.add(service);
    this.#started.push(service);
    void service.exited.then(() => this.#services.delete(service));
    return service;
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
    const full = this.#below(target);
    unmountBelow(full);
    await rm(full, { recursive: true, force: true, maxRetries: 3 });
  }

  /** In memory. It goes with its folder, whoever removes that. */
  async limitFolder(folder: string, bytes: number): Promise<void> {
    const target = this.#below(folder);
    await this.makeFolder(folder);
    const owner = this.user === null ? '' : `,uid=${this.user.uid},gid=${this.user.gid}`;
    const options = `size=${bytes},mode=0700,nosuid,nodev,noexec${owner}`;
    try {
      await promisify(execFile)('mount', ['-t', 'tmpfs', '-o', options, 'pgattest', target]);
    } catch (error) {
      throw new ClusterError(
        'not-able',
        `no file system of ${bytes} bytes at ${target}: ${error instanceof Error ? error.message : error}`,
        'use a host with the ability small-disk: processes of root on Linux',
        { cause: error },
      );
    }
  }

  async makeClock(): Promise<HostClock> {
    const library = this.#library;
    if (library === undefined) {
      throw new ClusterError(
        'not-able',
        'no clock that can be moved: libfaketime is missing',
        'apt-get install faketime',
      );
    }
    const file = `clock-${randomBytes(3).toString('hex')}`;
    const set = (seconds: number) => this.writeFile(file, fakeTime(seconds));
    await set(0);
    return { env: fakeClockEnv(library, path.join(this.folder, file)), set };
  }

  async outside(target: string): Promise<string> {
    return path.resolve(this.folder, target);
  }

  async logs(): Promise<readonly ServiceLog[]> {
    return logsOf(this.#started);
  }

  /** On Linux each index has an address of its own on the loopback; macOS answers at 127.0.0.1 alone. */
  async place(_name: string, { index = 0 }: PlaceWish): Promise<Place> {
    const host = this.#setting.machine.platform === 'linux' ? `127.0.0.${index + 1}` : '127.0.0.1';
    return { listen: host, host, port: await freePort(host), changes: true };
  }

  /** Lets its services and files outlive this process; nothing can be done with the host afterwards. */
  keep(keeping: Keeping): void {
    this.#mustBeOpen();
    this.#owner.keep(keeping);
    this.#closing = Promise.resolve();
    for (const service of this.#services) service.letGo();
    strike(this);
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
