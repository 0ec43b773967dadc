import type { Pooler } from '../../cluster/pooler.ts';

interface Play {
  readonly clients: number;
  readonly connections: ReadonlySet<string>;
}

/** Which decks the pooler's connections to the primary have served: the first transactions of a new one read the catalogue. */
export class Warmth {
  readonly #pooler: Pooler;
  readonly #user: string;
  readonly #plays = new Map<string, readonly Play[]>();

  /** @param user whose connections they are: a pool is of an entry and a user */
  constructor(pooler: Pooler, user: string) {
    this.#pooler = pooler;
    this.#user = user;
  }

  /** So many clients have just played a deck as fast as they go, so that each had a connection at once where the pool is large enough. */
  async played(deck: string, clients: number): Promise<void> {
    const connections = new Set(await this.#connections());
    this.#plays.set(deck, [...(this.#plays.get(deck) ?? []), { clients, connections }]);
  }

  /** Whether no connection that so many clients may get is new to the deck. */
  async covers(deck: string, clients: number): Promise<boolean> {
    const plays = this.#plays.get(deck);
    if (plays === undefined) return false;
    const there = await this.#connections();
    if (there.length === 0) return false;
    const needed = Math.min(clients, await this.#poolSize());
    return (
      there.length >= needed &&
      plays.some((play) => play.clients >= needed && there.every((each) => play.connections.has(each)))
    );
  }

  get #entry(): string {
    return this.#pooler.entries[0]?.name ?? '';
  }

  /** Those that stay: after a RECONNECT or a change of the entry the others go when they are next looked at. */
  async #connections(): Promise<readonly string[]> {
    // What a pooler that no longer answers means is the judge's to say, by what was recorded.
    const rows = await this.#pooler.ask('SHOW SERVERS').catch(() => []);
    return rows
      .filter(
        ({ database, user, close_needed }) =>
          database === this.#entry && user === this.#user && Number(close_needed) === 0,
      )
      .map(({ remote_pid, connect_time }) => `${remote_pid} ${connect_time}`);
  }

  async #poolSize(): Promise<number> {
    const rows = await this.#pooler.ask('SHOW DATABASES');
    return Number(rows.find(({ name }) => name === this.#entry)?.pool_size ?? Number.POSITIVE_INFINITY);
  }
}
