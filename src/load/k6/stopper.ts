import type { ChildProcess } from 'node:child_process';
import type { K6Options } from './model.ts';

/** Stops k6 in order: SIGINT, so that it ends its iterations and writes what it has, and SIGKILL when it does not. */
export class Stopper {
  why: 'aborted' | 'timeout' | null = null;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #child: ChildProcess;
  readonly #graceMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #abort = () => this.#stop('aborted');

  constructor(child: ChildProcess, { signal, timeoutMs, graceMs = 10_000 }: K6Options) {
    this.#child = child;
    this.#graceMs = graceMs;
    this.#signal = signal;
    if (timeoutMs !== undefined) this.#timers.push(setTimeout(() => this.#stop('timeout'), timeoutMs));
    if (signal?.aborted) this.#abort();
    else signal?.addEventListener('abort', this.#abort, { once: true });
  }

  release(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  #stop(why: 'aborted' | 'timeout'): void {
    if (this.why !== null) return;
    this.why = why;
    this.#child.kill('SIGINT');
    this.#timers.push(setTimeout(() => this.#child.kill('SIGKILL'), this.#graceMs));
  }
}
