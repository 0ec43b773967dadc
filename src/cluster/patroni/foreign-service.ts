import { ClusterError } from '../error.ts';
import type { Address, Service } from '../host.ts';
import { type Machine, sendSignal } from '../machine.ts';
import { processTable } from '../process-table.ts';
import { freezeTree, gone, killTree, thawTree } from '../process-tree.ts';
import { mappedSegments, removeSegments } from '../shared-memory.ts';
import { throttled } from '../throttled.ts';

export interface ForeignOptions {
  readonly name: string;
  readonly pid: number;
  readonly address: Address;
  readonly machine: Machine;
  /** What it writes goes where its starter's does. */
  readonly log: () => Promise<string>;
}

const killMs = 5_000;
const watchMs = 24 * 3_600_000;

/**
 * A server of a process host that another service of it started, and may start again. It is on no list: whoever tidies the host up finds it
 * by its working folder.
 */
export class ForeignService implements Service {
  readonly name: string;
  readonly pid: number;
  readonly address: Address;
  readonly direct: Address;
  readonly log: () => Promise<string>;
  readonly #table;
  readonly #start: string | undefined;

  constructor({ name, pid, address, machine, log }: ForeignOptions) {
    this.name = name;
    this.pid = pid;
    this.address = address;
    this.direct = address;
    this.log = log;
    this.#table = processTable(machine.platform);
    this.#start = this.#table.startOf(pid);
  }

  /** Nobody but its parent learns the exit code. */
  get exited(): Service['exited'] {
    return gone(this.#table, [this.pid], watchMs).then(() => ({ code: null, signal: null }));
  }

  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGQUIT' | 'SIGHUP'): void {
    if (this.#runs()) sendSignal(this.pid, name);
  }

  async kill(): Promise<void> {
    if (!this.#runs()) return;
    const segments = mappedSegments(freezeTree(this.#table, this.pid));
    await gone(this.#table, killTree(this.#table, this.pid), killMs);
    removeSegments(segments);
  }

  async freeze(): Promise<void> {
    if (this.#runs()) freezeTree(this.#table, this.pid);
  }

  async thaw(): Promise<void> {
    if (this.#runs()) thawTree(this.#table, this.pid);
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

  /** The pid may be a stranger's by now. */
  #runs(): boolean {
    return this.#start !== undefined && this.#table.startOf(this.pid) === this.#start;
  }
}
