import { Asker } from './asker.ts';
import type { Usage, UsageSample } from './model.ts';
import { poolerLook } from './pooler.ts';
import { Processes } from './processes.ts';
import { serverLook } from './server.ts';
import type { UsageSampler, UsageWish, Watched } from './watch.ts';

/** Of the interval, that an answer may take. */
const patience = 0.8;

/**
 * Looks once a second at who uses the processor, what the server waits for and what the pooler holds back, until it is stopped.
 * Never throws for what it cannot see: that is in `blind`. Resolves after the first look.
 */
export async function sampleUsage(wish: UsageWish = {}): Promise<UsageSampler> {
  const sampling = new Sampling(wish);
  await sampling.start();
  return sampling;
}

class Sampling implements UsageSampler {
  readonly #wish: UsageWish;
  readonly #intervalMs: number;
  readonly #blind = new Set<string>();
  readonly #later = new Map<number, Watched>();
  readonly #samples: UsageSample[] = [];
  readonly #processes: Processes;
  readonly #server: Asker<Awaited<ReturnType<ReturnType<typeof serverLook>>>>;
  readonly #pooler: Asker<Awaited<ReturnType<ReturnType<typeof poolerLook>>>>;
  #own = 0;
  #last = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped: Promise<Usage> | undefined;

  constructor(wish: UsageWish) {
    this.#wish = wish;
    this.#intervalMs = wish.intervalMs ?? 1000;
    this.#processes = this.#timed(
      () => new Processes(() => this.#roots(), this.#blind, wish.platform ?? 'linux'),
    );
    this.#server = new Asker('waits of the server', wish.connect, serverLook(), this.#blind);
    this.#pooler = new Asker('pools of the pooler', wish.connectConsole, poolerLook(), this.#blind);
  }

  async start(): Promise<void> {
    await Promise.all([this.#server.ask(this.#intervalMs), this.#pooler.ask(this.#intervalMs)]);
    this.#timed(() => this.#processes.look());
    this.#last = performance.now();
    this.#plan(this.#last + this.#intervalMs);
  }

  watch(component: Watched, pid: number): () => void {
    this.#later.set(pid, component);
    return () => void this.#later.delete(pid);
  }

  stop(): Promise<Usage> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<Usage> {
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all([this.#server.close(this.#intervalMs), this.#pooler.close(this.#intervalMs)]);
    return { samples: this.#samples, blind: [...this.#blind].sort(), ownSeconds: this.#own };
  }

  /** By a fixed beat, so that being late once does not move all that come after. */
  #plan(due: number): void {
    this.#timer = setTimeout(
      () => {
        this.#looking = this.#look().then(() => {
          if (this.#stopped !== undefined) return;
          const behind = Math.max(0, Math.floor((performance.now() - due) / this.#intervalMs));
          this.#plan(due + (behind + 1) * this.#intervalMs);
        });
      },
      Math.max(0, due - performance.now()),
    );
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const now = performance.now();
    const seen = this.#timed(() => this.#processes.look());
    const at = Date.now();
    const seconds = (now - this.#last) / 1000;
    this.#last = now;
    const wait = patience * this.#intervalMs;
    const [server, pooler] = await Promise.all([this.#server.ask(wait), this.#pooler.ask(wait)]);
    const sample: UsageSample = {
      at,
      seconds,
      ...seen,
      ...(server === undefined ? {} : { server: server.server, replicas: server.replicas }),
      ...(pooler === undefined ? {} : { pooler }),
    };
    this.#samples.push(sample);
    this.#wish.onSample?.(sample);
  }

  #roots(): ReadonlyMap<Watched, readonly number[]> {
    const roots = new Map<Watched, readonly number[]>();
    for (const [component, pids] of Object.entries(this.#wish.processes ?? {})) {
      roots.set(component as Watched, pids());
    }
    for (const [pid, component] of this.#later) {
      roots.set(component, [...(roots.get(component) ?? []), pid]);
    }
    return roots;
  }

  #timed<T>(work: () => T): T {
    const start = performance.now();
    const result = work();
    this.#own += (performance.now() - start) / 1000;
    return result;
  }
}
