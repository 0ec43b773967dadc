import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { ControllerSettings } from '../../cluster/controller-file.ts';
import type { Postgres } from '../../cluster/postgres.ts';
import { until } from '../../cluster/until.ts';

/** What a controller has seen of a primary. Times are values of performance.now(). */
export interface Suspicion {
  /** The end of the first failed probe of those that count. */
  readonly detected: number;
  /** The end of the last. */
  readonly decided: number;
  /** What the last one said. */
  readonly why: string;
}

/** Asks a primary at a steady pace whether it is one, by a query over a connection that is kept as long as it works. */
export class Watch {
  readonly #server: Postgres;
  readonly #settings: ControllerSettings;
  readonly #ended = new AbortController();
  #client: pg.Client | undefined;
  #good = 0;
  #failed = 0;
  #detected = 0;
  #suspicion: Suspicion | undefined;
  readonly #going: Promise<void>;

  private constructor(server: Postgres, settings: ControllerSettings) {
    this.#server = server;
    this.#settings = settings;
    this.#going = this.#go();
  }

  /** Back when a probe has found the primary well. */
  static async start(server: Postgres, settings: ControllerSettings, signal: AbortSignal): Promise<Watch> {
    const watch = new Watch(server, settings);
    const limitMs = 10 * settings.probeMs;
    if (await until(() => watch.#good > 0, limitMs, signal)) return watch;
    await watch.stop();
    throw new Error(`the controller finds no primary in ${limitMs} ms`);
  }

  /** Waits until the primary counts as failed; undefined when the limit passed. */
  async suspicion(limitMs: number, signal: AbortSignal): Promise<Suspicion | undefined> {
    await until(() => this.#suspicion !== undefined, limitMs, signal);
    return this.#suspicion;
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#going;
    this.#drop();
  }

  async #go(): Promise<void> {
    const { probeEveryMs, failures } = this.#settings;
    while (!this.#ended.signal.aborted && this.#suspicion === undefined) {
      const began = performance.now();
      const why = await this.#probe();
      if (why === undefined) {
        this.#good++;
        this.#failed = 0;
      } else {
        this.#failed++;
        const now = performance.now();
        if (this.#failed === 1) this.#detected = now;
        if (this.#failed >= failures) this.#suspicion = { detected: this.#detected, decided: now, why };
      }
      const pause = Math.max(0, began + probeEveryMs - performance.now());
      await delay(pause, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    }
    this.#drop();
  }

  /** What went wrong; undefined: nothing. */
  async #probe(): Promise<string | undefined> {
    const limitMs = this.#settings.probeMs;
    try {
      this.#client ??= await this.#server.connect({ applicationName: 'pgattest controller', limitMs });
      const { rows } = await this.#client.query<{ replica: boolean }>(
        'SELECT pg_is_in_recovery() AS replica',
      );
      return rows[0]?.replica === false ? undefined : 'it is a replica';
    } catch (error) {
      this.#drop();
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** A server that is frozen hears no farewell. */
  #drop(): void {
    const client = this.#client;
    this.#client = undefined;
    client?.end().catch(() => undefined);
  }
}
