import { until } from '../../cluster/until.ts';
import { ConfigError } from '../../design/config-error.ts';
import { LedgerFile } from './file.ts';
import { headerLine } from './lines.ts';
import { type LedgerCounts, type LedgerLoad, type LedgerRoute, ledgerSchema } from './model.ts';
import { Pulse } from './pulse.ts';
import { mostWriters } from './schema.ts';
import { Writer } from './writer.ts';

export interface LedgerOptions {
  /** The file to write; it must not be there. */
  readonly file: string;
  readonly route: LedgerRoute;
  readonly writers: number;
  /** As prepareLedger was told. */
  readonly tenants: number;
  /** Commits a second of all writers together. Default: as many as go. */
  readonly ratePerSecond?: number;
  /** Aborted, it ends at once: what is under way is indeterminate. */
  readonly signal: AbortSignal;
}

/** How often answers that are overdue are looked for. */
const watchMs = 50;

/** How long a commit that is under way may take when the ledger is stopped. */
const lastMs = 1000;

/**
 * Connects the writers and lets them write to the tables of prepareLedger. Throws ConfigError for what cannot be, ClusterError where the
 * file cannot be written, what the server or the socket said where a first connection fails, and the reason of an aborted signal.
 */
export async function startLedger(options: LedgerOptions): Promise<LedgerLoad> {
  const { writers, tenants, ratePerSecond, signal } = options;
  if (!Number.isInteger(writers) || writers < 1 || writers > mostWriters) {
    throw new ConfigError('ledger', `${writers} cannot be a number of writers`, `give 1 to ${mostWriters}`);
  }
  if (ratePerSecond !== undefined && !(ratePerSecond > 0)) {
    throw new ConfigError('ledger', `${ratePerSecond} cannot be a rate`, 'give commits a second above 0');
  }
  signal.throwIfAborted();
  const origin = performance.now();
  const startedAt = new Date().toISOString();
  const file = await LedgerFile.create(
    options.file,
    headerLine({ schema: ledgerSchema, startedAt, writers, tenants }),
  );
  const load = new Load(file, origin, options);
  try {
    await load.start();
    return load;
  } catch (error) {
    await load.end(0).catch(() => undefined);
    signal.throwIfAborted();
    throw error;
  }
}

class Load implements LedgerLoad {
  readonly file: string;
  readonly origin: number;
  readonly #ledger: LedgerFile;
  readonly #writers: readonly Writer[];
  readonly #signal: AbortSignal;
  readonly #pulse = new Pulse();
  readonly #counts = { sent: 0, a: 0, f: 0, i: 0 };
  #route: LedgerRoute;
  #running: Promise<unknown> = Promise.resolve();
  #watch: NodeJS.Timeout | undefined;
  #failure: unknown;
  #ending: Promise<void> | undefined;

  constructor(ledger: LedgerFile, origin: number, options: LedgerOptions) {
    const { route, writers, tenants, ratePerSecond, signal } = options;
    this.file = ledger.path;
    this.origin = origin;
    this.#ledger = ledger;
    this.#route = route;
    this.#signal = signal;
    const everyMs = ratePerSecond === undefined ? 0 : (writers * 1000) / ratePerSecond;
    const frame = {
      file: ledger,
      origin,
      tenants,
      everyMs,
      route: () => this.#route,
      sent: () => {
        this.#counts.sent++;
      },
      ended: (state: 'a' | 'f' | 'i', at: number) => {
        this.#counts[state]++;
        if (state === 'a') this.#pulse.acknowledged(at);
        else this.#pulse.broken();
      },
      refused: () => this.#pulse.broken(),
    };
    const first = performance.now();
    this.#writers = Array.from(
      { length: writers },
      (_, id) => new Writer(id, frame, first + (everyMs * id) / writers),
    );
  }

  async start(): Promise<void> {
    this.#signal.addEventListener('abort', this.#aborted, { once: true });
    await Promise.all(this.#writers.map((writer) => writer.connect()));
    this.#signal.throwIfAborted();
    const fail = (error: unknown) => {
      this.#failure ??= error;
      for (const writer of this.#writers) writer.stop();
    };
    this.#running = Promise.all(this.#writers.map((writer) => writer.run().catch(fail)));
    this.#watch = setInterval(() => {
      const now = performance.now();
      for (const writer of this.#writers) writer.watch(now);
    }, watchMs);
    this.#watch.unref();
  }

  get counts(): LedgerCounts {
    const { sent, a, f } = this.#counts;
    return { sent, acknowledged: a, failed: f, indeterminate: sent - a - f };
  }

  get lastAcknowledged(): number | undefined {
    return this.#pulse.last;
  }

  rate(overMs: number): number {
    return this.#pulse.rate(overMs, performance.now());
  }

  async goodAgain(
    since: number,
    forMs: number,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    let good: number | undefined;
    await until(
      () => {
        if (this.#failure !== undefined) throw this.#failure;
        good = this.#pulse.goodSince(since, forMs, performance.now());
        return good !== undefined || this.#ending !== undefined;
      },
      limitMs,
      signal,
    );
    return good;
  }

  redirect(route: LedgerRoute, dropNow = false): void {
    this.#route = route;
    if (dropNow) this.#drop('led to another server');
  }

  async stop(): Promise<LedgerCounts> {
    await this.end(lastMs);
    return this.counts;
  }

  end(patienceMs: number): Promise<void> {
    this.#ending ??= this.#end(patienceMs);
    return this.#ending;
  }

  async #end(patienceMs: number): Promise<void> {
    this.#signal.removeEventListener('abort', this.#aborted);
    for (const writer of this.#writers) writer.stop();
    const late = setTimeout(() => this.#drop('the ledger was stopped'), patienceMs);
    await this.#running;
    clearTimeout(late);
    clearInterval(this.#watch);
    this.#drop('the ledger was stopped');
    await this.#ledger.close();
    if (this.#failure !== undefined) throw this.#failure;
  }

  readonly #aborted = () => {
    this.#drop('the ledger was stopped');
    void this.end(0).catch(() => undefined);
  };

  #drop(why: string): void {
    for (const writer of this.#writers) writer.drop(why);
  }
}
