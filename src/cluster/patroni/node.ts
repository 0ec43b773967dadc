import path from 'node:path';
import { ClusterError } from '../error.ts';
import type { Address, Host, Place, Service } from '../host.ts';
import type { Machine } from '../machine.ts';
import { Postgres } from '../postgres.ts';
import { type NodeInput, nodeConfig } from './config.ts';
import { ForeignService } from './foreign-service.ts';
import type { Ask } from './mutual.ts';

export interface NodeOptions extends NodeInput {
  readonly program: string;
  readonly ask: Ask;
  readonly machine: Machine;
}

/** A machine of the cluster, as far as one machine can play several: an agent of Patroni, and the server that it looks after. */
export class PatroniNode {
  readonly name: string;
  readonly file: string;
  readonly #host: Host;
  readonly #options: NodeOptions;
  #agent: Service | undefined;
  /** Also of an agent that was killed, for its log. */
  #last: Service | undefined;
  #ended = false;
  #adopted: Postgres | undefined;

  /** @param adopted a server that runs already, and that the agent is to find */
  constructor(host: Host, options: NodeOptions, adopted?: Postgres) {
    this.name = options.name;
    this.#host = host;
    this.#options = options;
    this.#adopted = adopted;
    this.file = path.join(options.folder, `${options.name}.yml`);
  }

  get place(): Place {
    return this.#options.place;
  }

  /** Starts the agent, which starts the server, or makes a copy of the leader's first. */
  async start(): Promise<void> {
    const { name, rest, program } = this.#options;
    await this.#host.writeFile(this.file, nodeConfig(this.#options));
    this.#ended = false;
    const agent = await this.#host.start([program, this.file], {
      name: `patroni-${name}`,
      log: `patroni-${name}-${Date.now().toString(36)}.log`,
      env: { PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1' },
      place: rest,
    });
    this.#agent = agent;
    this.#last = agent;
    void agent.exited.then(() => {
      if (this.#agent === agent) this.#ended = true;
    });
  }

  /** Throws ClusterError with its last words where the agent has ended by itself. */
  async mustRun(): Promise<void> {
    if (!this.#ended) return;
    const log = (await this.log()).trim().split('\n').slice(-20);
    throw new ClusterError(
      'start-failed',
      `Patroni of ${this.name} ended: ${log.at(-1) ?? ''}`,
      'see the log of the node',
      { log },
    );
  }

  /** Whether the node takes writes, as it tells a load balancer: it runs, holds the lock and is no replica. */
  async leads(): Promise<boolean> {
    const address: Address = this.#agent?.address ?? this.#options.rest;
    return this.#options.ask(address, '/primary').then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  /** The server as it runs now; undefined where none does. */
  async server(): Promise<Postgres | undefined> {
    const { data, socketFolder, place, binaries, machine, name } = this.#options;
    const pid = await this.#postmaster();
    if (pid === undefined) return undefined;
    if (this.#adopted?.service.pid === pid) return this.#adopted;
    const service = new ForeignService({ name, pid, address: place, machine, log: () => this.log() });
    return new Postgres(service, { data, socketFolder, place, superuser: undefined }, binaries);
  }

  /** Agent and server die at one instant, as by a power cut. */
  async kill(): Promise<void> {
    const server = await this.server();
    const agent = this.#agent;
    this.#agent = undefined;
    this.#adopted = undefined;
    // The agent first: it would start its server again.
    await agent?.freeze();
    await Promise.all([server?.service.kill(), agent?.kill()]);
  }

  /** What the agent has written since it was last started, and the servers that it started. */
  async log(): Promise<string> {
    return (await this.#last?.log()) ?? '';
  }

  /** First line of postmaster.pid, where the process is there. */
  async #postmaster(): Promise<number | undefined> {
    const file = await this.#host
      .readFile(path.join(this.#options.data, 'postmaster.pid'))
      .catch(() => undefined);
    const pid = Number.parseInt(file ?? '', 10);
    return Number.isNaN(pid) ? undefined : pid;
  }
}
