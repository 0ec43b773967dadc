import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';

/**
 * Asks one server over a connection of its own, and never waits longer than it is told to: a server that hangs is seen by its silence.
 * A lost connection is made anew at the next question.
 */
export class Asker<T> {
  readonly #name: string;
  readonly #connect: (() => Promise<pg.Client>) | undefined;
  readonly #look: (client: pg.Client) => Promise<T | undefined>;
  readonly #blind: Set<string>;
  #client: pg.Client | undefined;
  #pending: Promise<T | undefined> | undefined;
  #closed = false;

  constructor(
    name: string,
    connect: (() => Promise<pg.Client>) | undefined,
    look: (client: pg.Client) => Promise<T | undefined>,
    blind: Set<string>,
  ) {
    this.#name = name;
    this.#connect = connect;
    this.#look = look;
    this.#blind = blind;
    if (connect === undefined) blind.add(`${name}: not asked`);
  }

  /** Undefined when no answer came in time; one that is late is thrown away. */
  async ask(patienceMs: number): Promise<T | undefined> {
    if (this.#connect === undefined || this.#closed) return undefined;
    if (this.#pending !== undefined) return undefined;
    this.#pending = this.#ask(this.#connect).finally(() => {
      this.#pending = undefined;
    });
    const timer = new AbortController();
    const late = delay(patienceMs, undefined, { signal: timer.signal, ref: false }).catch(() => undefined);
    try {
      return await Promise.race([this.#pending, late]);
    } finally {
      timer.abort();
    }
  }

  async close(patienceMs: number): Promise<void> {
    this.#closed = true;
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    const timer = new AbortController();
    const late = delay(patienceMs, undefined, { signal: timer.signal }).catch(() => undefined);
    await Promise.race([client.end().catch(() => undefined), late]);
    timer.abort();
  }

  async #ask(connect: () => Promise<pg.Client>): Promise<T | undefined> {
    try {
      if (this.#client === undefined) {
        const client = await connect();
        if (this.#closed) return void (await client.end());
        client.once('end', () => {
          if (this.#client === client) this.#client = undefined;
        });
        this.#client = client;
      }
      return await this.#look(this.#client);
    } catch (error) {
      if (!this.#closed) this.#blind.add(`${this.#name}: ${error instanceof Error ? error.message : error}`);
      await this.#drop();
      return undefined;
    }
  }

  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }
}
