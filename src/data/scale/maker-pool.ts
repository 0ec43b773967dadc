import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { drawPools } from '../pools.ts';
import type { Made, Maker, Origin } from './maker.ts';
import type { FromMaker, MakerStart, ToMaker } from './messages.ts';
import type { Range } from './ranges.ts';

/** Chunks of a range that may be on their way at a time: half a megabyte for each thread. */
const ahead = 8;

const program = new URL(`./maker-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url);

// Node 20 runs no TypeScript: from source, as under a test runner, the thread loads its program as designs are loaded.
const bootstrap = `
  import('jiti').then(({ createJiti }) => createJiti(${JSON.stringify(import.meta.url)}).import(${JSON.stringify(fileURLToPath(program))}))
    .catch((error) => { setImmediate(() => { throw error; }); });`;

/**
 * Makers in threads of their own, `count` of them, for the plan of a design's file. Pools are drawn once, here, and handed to each.
 * Throws what loading the design throws.
 */
export async function makersInThreads(
  design: string,
  origin: Origin,
  count: number,
): Promise<readonly Maker[]> {
  const { seed, scale, now } = origin;
  const start: MakerStart = { design, seed, scale, now: now.getTime(), pools: await drawPools(seed) };
  const makers = Array.from({ length: count }, () => new MakerThread(start));
  try {
    await Promise.all(makers.map((maker) => maker.ready));
    return makers;
  } catch (error) {
    await Promise.all(makers.map((maker) => maker.close()));
    throw error;
  }
}

class MakerThread implements Maker {
  readonly ready: Promise<void>;
  readonly #worker: Worker;
  readonly #arrived: FromMaker[] = [];
  #failure: { readonly error: unknown } | undefined;
  #wake: (() => void) | undefined;

  constructor(start: MakerStart) {
    // What this program was started with (a debugger, a profiler) is not for its threads.
    const options = { workerData: start, execArgv: [] };
    this.#worker = program.pathname.endsWith('.ts')
      ? new Worker(bootstrap, { ...options, eval: true })
      : new Worker(program, options);
    this.#worker.on('message', (message: FromMaker) => {
      this.#arrived.push(message);
      this.#wake?.();
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('a thread that makes rows has ended')));
    this.ready = this.#next().then(() => undefined);
    this.ready.catch(() => {});
  }

  async *make(range: Range): AsyncGenerator<Made, void, void> {
    let ended = false;
    this.#send({ type: 'make', range, chunks: ahead });
    try {
      for (;;) {
        const message = await this.#next();
        if (message.type === 'chunk') {
          yield { bytes: message.bytes, rows: message.rows };
          this.#send({ type: 'more', chunks: 1 });
        } else {
          ended = true;
          if (message.type === 'failed') throw new Error(message.message);
          return;
        }
      }
    } finally {
      // Left half-way: what is on its way still comes, and belongs to nobody. The thread is of no use any more.
      if (!ended) await this.close();
    }
  }

  async close(): Promise<void> {
    this.#fail(new Error('the thread that makes rows was ended'));
    await this.#worker.terminate();
  }

  #send(message: ToMaker): void {
    this.#worker.postMessage(message);
  }

  async #next(): Promise<FromMaker> {
    for (;;) {
      const message = this.#arrived.shift();
      if (message !== undefined) return message;
      if (this.#failure !== undefined) throw this.#failure.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }
}
