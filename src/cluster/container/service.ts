import { setTimeout as delay } from 'node:timers/promises';
import { ClusterError } from '../error.ts';
import type { Address, Service } from '../host.ts';
import type { Container } from './client.ts';
import { readLog } from './log.ts';

const killedMs = 10_000;
/** The kernel's own. */
const periodUs = 100_000;

export interface ServiceSite {
  readonly name: string;
  readonly container: Container;
  readonly pid: number;
  readonly address: Address | undefined;
  readonly direct: Address | undefined;
  /** Containers' own addresses can be reached from here. */
  readonly reachable: boolean;
  /** Takes the container off the network, and puts it back under its name. */
  readonly cutOff: () => Promise<() => Promise<void>>;
  /** Ends waiting when the host lets its containers run on. */
  readonly signal: AbortSignal;
}

/** A server in a container of its own. */
export class ContainerService implements Service {
  readonly name: string;
  readonly pid: number;
  readonly address: Address | undefined;
  readonly direct: Address | undefined;
  readonly exited: Service['exited'];
  readonly #site: ServiceSite;
  #running = true;
  #frozen = false;
  #lastWords = '';

  constructor(site: ServiceSite) {
    this.#site = site;
    this.name = site.name;
    this.pid = site.pid;
    this.address = site.address;
    // A machine of Docker's own has a network of its own.
    this.direct = site.reachable ? site.direct : site.address;
    this.exited = this.#wait();
  }

  signal(name: 'SIGINT' | 'SIGTERM' | 'SIGQUIT' | 'SIGHUP'): void {
    if (this.#running) this.#site.container.kill({ signal: name }).catch(() => undefined);
  }

  /** The container goes with its process, so that another can take its name and its place; its log stays. */
  async kill(): Promise<void> {
    const { container } = this.#site;
    if (this.#running) {
      await container.kill({ signal: 'SIGKILL' }).catch(ignoreGone);
      // A daemon that dies after it began to answer never says that the container has ended.
      await Promise.race([this.exited, delay(killedMs, undefined, { ref: false })]);
    }
    this.#lastWords = await this.log();
    await container.remove({ force: true }).catch(ignoreGone);
  }

  async freeze(): Promise<void> {
    if (!this.#running || this.#frozen) return;
    await this.#site.container.pause();
    this.#frozen = true;
  }

  async thaw(): Promise<void> {
    if (!this.#frozen) return;
    this.#frozen = false;
    if (this.#running) await this.#site.container.unpause();
  }

  /** By its control group: pausing takes Docker longer than the pauses would. */
  async throttle(share: number): Promise<() => Promise<void>> {
    const { container } = this.#site;
    await container.update({ CpuPeriod: periodUs, CpuQuota: Math.max(1_000, Math.round(periodUs * share)) });
    return async () => {
      if (this.#running) await container.update({ CpuPeriod: periodUs, CpuQuota: -1 });
    };
  }

  async cutOff(): Promise<() => Promise<void>> {
    if (!this.#running) throw new ClusterError('not-able', `${this.name} does not run`, 'start it first');
    return this.#site.cutOff();
  }

  async log(): Promise<string> {
    return (await readLog(this.#site.container).catch(() => undefined)) ?? this.#lastWords;
  }

  async #wait(): ReturnType<() => Service['exited']> {
    try {
      const { StatusCode: status } = await this.#site.container.wait({ abortSignal: this.#site.signal });
      return status > 128 && status <= 128 + 64
        ? { code: null, signal: `signal ${status - 128}` }
        : { code: status, signal: null };
    } catch {
      // Removed, or the daemon is gone: either way it does not run for us any more.
      return { code: null, signal: null };
    } finally {
      this.#running = false;
    }
  }
}

/** 404: no such container. 409: it does not run. */
function ignoreGone(error: unknown): void {
  const { statusCode } = error as { statusCode?: number };
  if (statusCode !== 404 && statusCode !== 409) throw error;
}
