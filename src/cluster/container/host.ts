import { access } from 'node:fs/promises';
import path from 'node:path';
import { ClusterError, fileError } from '../error.ts';
import { freePort } from '../free-port.ts';
import type {
  ExecOptions,
  ExecResult,
  Host,
  Place,
  PlaceWish,
  Service,
  ServiceLog,
  StartOptions,
} from '../host.ts';
import type { Machine } from '../machine.ts';
import { Owner } from '../owner.ts';
import { enlist, type Keepable, type Keeping, strike } from '../release.ts';
import { logsOf } from '../service-logs.ts';
import type { Container, Containers } from './client.ts';
import { execIn } from './exec.ts';
import type { Image, ImageName } from './images.ts';
import { folderLabel, machineLabel, runLabel, serviceLabel } from './labels.ts';
import { makeNetwork, makeVolume } from './network.ts';
import { removeRun } from './removal.ts';
import { ContainerService } from './service.ts';
import { startContainer, type Volume } from './start.ts';

export interface ContainerHostOptions {
  readonly machine: Machine;
  readonly containers: Containers;
  readonly images: Readonly<Record<ImageName, Image>>;
  /** More labels, for all that it makes. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Where the volume is in every container. */
const mount = '/pgattest';
const portAttempts = 5;

/**
 * Containers as a host: each service in one of its own, on a network of their own, with one volume at the same path in all. One more
 * container runs commands and holds files. All carry the label of the run, whose folder on this machine says that they may be
 * there, so that they go even when this process is killed.
 */
export class ContainerHost implements Host, Keepable {
  readonly kind = 'container';
  readonly abilities = new Set(['freeze', 'cut-off', 'small-disk'] as const);
  readonly folder = `${mount}/h`;
  readonly range = 'samenet';
  /** What the run's containers, network and volume are labelled with. */
  readonly run: string;
  readonly #owner: Owner;
  readonly #options: ContainerHostOptions;
  readonly #labels: Readonly<Record<string, string>>;
  readonly #waiting = new AbortController();
  readonly #services = new Set<ContainerService>();
  /** Published ports by service: one that is started again is found where it was. */
  readonly #ports = new Map<string, number>();
  /** File systems of their own, for the containers that start from now on. */
  readonly #disks: Volume[] = [];
  #keeper: Container | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: ContainerHostOptions) {
    this.#options = options;
    this.#owner = Owner.open(options.machine, { docker: options.containers.address });
    this.run = path.basename(this.#owner.folder);
    this.#labels = {
      ...options.labels,
      [runLabel]: this.run,
      [machineLabel]: options.machine.identity,
      [folderLabel]: this.#owner.folder,
    };
    enlist(this);
  }

  /** Makes the network, the volume and the container that runs commands. Leaves nothing when one of them fails. */
  static async open(options: ContainerHostOptions): Promise<ContainerHost> {
    const host = new ContainerHost(options);
    try {
      await host.#open();
      return host;
    } catch (error) {
      await host.close().catch(() => undefined);
      throw error;
    }
  }

  async exec(command: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    if (this.#closing !== undefined || this.#keeper === undefined)
      throw new ClusterError('closed', `the containers of ${this.run} are closed`, '');
    return execIn(this.#keeper, command, this.folder, options);
  }

  async start(command: readonly string[], options: StartOptions): Promise<Service> {
    const { name, image = 'postgres', env, place } = options;
    for (let attempt = 1; ; attempt++) {
      const published = place === undefined ? undefined : await this.#publish(name, place.port);
      try {
        const started = await startContainer(this.#options.containers, {
          ...this.#common(name),
          image: this.#options.images[image].tag,
          command,
          alias: place?.host ?? name,
          ...(env === undefined ? {} : { env }),
          ...(published === undefined ? {} : { published }),
        });
        const service = new ContainerService({
          ...started,
          name,
          // Docker for macOS and Windows keeps containers in a virtual machine.
          reachable: this.#options.machine.platform === 'linux',
          signal: this.#waiting.signal,
          cutOff: () => this.#cutOff(started.container, place?.host ?? name),
        });
        this.#services.add(service);
        return service;
      } catch (error) {
        // Somebody took the port since it was looked for.
        if (!/port is already allocated|address already in use/i.test(String(error))) throw error;
        this.#ports.delete(name);
        if (attempt === portAttempts) throw error;
      }
    }
  }

  async writeFile(file: string, content: string, mode = 0o600): Promise<void> {
    const target = this.#below(file);
    const script = 'umask 077; cat > "$1" && chmod "$2" "$1"';
    await this.#file(['sh', '-c', script, 'sh', target, mode.toString(8)], target, 'write', content);
  }

  async readFile(file: string): Promise<string> {
    const target = path.posix.resolve(this.folder, file);
    return this.#file(['cat', target], target, 'read');
  }

  async makeFolder(folder: string, mode = 0o700): Promise<void> {
    const target = this.#below(folder);
    await this.#file(['mkdir', '-m', mode.toString(8), target], target, 'make a folder');
  }

  async remove(target: string): Promise<void> {
    await this.#file(['rm', '-rf', this.#below(target)], target, 'remove');
  }

  /** A volume in memory, which no container gets that is there already: another one, off the network, runs commands from now on. */
  async limitFolder(folder: string, bytes: number): Promise<void> {
    const target = this.#below(folder);
    await this.makeFolder(folder);
    const { stdout } = await this.exec(['sh', '-c', 'echo "uid=$(id -u),gid=$(id -g)"']);
    const name = `disk-${this.#disks.length + 1}`;
    const options = `size=${bytes},mode=0700,${stdout.trim()}`;
    await makeVolume(this.#options.containers.docker, this.#name(name), this.#labels, options);
    this.#disks.push({ name: this.#name(name), mount: target });
    // On the network it might get the address of a server that is being started again, which a pooler still asks for that server.
    await this.#keep(`keeper-${name}`, 'none');
  }

  async makeClock(): Promise<never> {
    throw new ClusterError(
      'not-able',
      'containers have the clock of their machine',
      'use a host with the ability clock: processes where libfaketime is',
    );
  }

  async outside(target: string): Promise<string | undefined> {
    const { machine, containers } = this.#options;
    if (machine.platform !== 'linux') return undefined;
    const { Mountpoint } = await containers.docker.getVolume(this.#name()).inspect();
    const full = path.join(Mountpoint, path.relative(mount, this.#below(target)));
    return access(full).then(
      () => full,
      () => undefined,
    );
  }

  async logs(): Promise<readonly ServiceLog[]> {
    return logsOf(this.#services);
  }

  /** Each service has an address of its own, and its name leads there. */
  async place(name: string, { port }: PlaceWish): Promise<Place> {
    return { listen: '*', port, host: name.replaceAll('_', '-'), changes: false };
  }

  /** Lets everything outlive this program. */
  keep(keeping: Keeping): void {
    this.#owner.keep(keeping);
    this.#closing = Promise.resolve();
    this.#waiting.abort();
    strike(this);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** A process that cannot wait cannot ask the daemon either: what is left goes at the next start, by the record in its folder. */
  closeNow(): void {
    this.#closing ??= Promise.resolve();
    strike(this);
  }

  async #open(): Promise<void> {
    const { containers } = this.#options;
    await Promise.all([
      makeNetwork(containers.docker, this.#name(), this.#labels),
      makeVolume(containers.docker, this.#name(), this.#labels),
    ]);
    const keeper = await this.#keep('keeper');
    const { exitCode, stderr } = await execIn(keeper, ['mkdir', '-m', '700', this.folder], '/');
    if (exitCode !== 0)
      throw new ClusterError('start-failed', `the volume of ${this.run}: ${stderr.trim()}`, '');
  }

  /** Commands run in it from now on. One that was there before may be at work, and stays. */
  async #keep(name: string, network = this.#name()): Promise<Container> {
    const { containers, images } = this.#options;
    const { container } = await startContainer(containers, {
      ...this.#common(name),
      image: images.postgres.tag,
      command: ['sleep', 'infinity'],
      alias: name,
      network,
    });
    this.#keeper = container;
    return container;
  }

  async #close(): Promise<void> {
    this.#waiting.abort();
    await removeRun(this.#options.containers.docker, this.run);
    await this.#owner.close();
    strike(this);
  }

  #name(part = ''): string {
    return `pgattest-${this.run}${part === '' ? '' : `-${part.replaceAll('_', '-')}`}`;
  }

  #common(service: string) {
    return {
      name: this.#name(service),
      labels: { ...this.#labels, [serviceLabel]: service },
      network: this.#name(),
      volumes: [{ name: this.#name(), mount }, ...this.#disks],
    };
  }

  async #publish(name: string, inside: number): Promise<{ readonly inside: number; readonly port: number }> {
    const port = this.#ports.get(name) ?? (await freePort('127.0.0.1'));
    this.#ports.set(name, port);
    return { inside, port };
  }

  async #cutOff(container: Container, alias: string): Promise<() => Promise<void>> {
    const network = this.#options.containers.docker.getNetwork(this.#name());
    await network.disconnect({ Container: container.id, Force: true });
    return async () => {
      await network.connect({ Container: container.id, EndpointConfig: { Aliases: [alias] } });
    };
  }

  async #file(command: readonly string[], target: string, doing: string, stdin?: string): Promise<string> {
    const { exitCode, stdout, stderr } = await this.exec(command, stdin === undefined ? {} : { stdin });
    if (exitCode === 0) return stdout;
    const code = /no space left|quota/i.test(stderr)
      ? 'ENOSPC'
      : /permission denied|read-only/i.test(stderr)
        ? 'EACCES'
        : undefined;
    throw fileError(
      Object.assign(new Error(stderr.trim()), code === undefined ? {} : { code }),
      target,
      doing,
    );
  }

  #below(target: string): string {
    const full = path.posix.resolve(this.folder, target);
    if (full === this.folder || full.startsWith(`${this.folder}/`)) return full;
    throw new ClusterError(
      'no-permission',
      `${target} is not below the folder of its host, ${this.folder}`,
      '',
    );
  }
}
