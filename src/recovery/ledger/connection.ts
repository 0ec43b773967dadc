import net from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Outcome, outcomeOf } from './outcome.ts';

/** How long a server may take to let a writer in, and to answer. */
export const patienceMs = 2000;

/** One writer's way to the server. */
export class LedgerConnection {
  /** When the commit under way was sent, by performance.now(). */
  sentAt: number | undefined;
  readonly #client: pg.Client;
  readonly #socket: net.Socket;
  #alive = true;
  #settle: ((outcome: Outcome) => void) | undefined;

  private constructor(client: pg.Client, socket: net.Socket) {
    this.#client = client;
    this.#socket = socket;
    const lost = (error?: Error) => this.drop(error?.message ?? 'the connection was lost');
    client.on('error', lost);
    client.once('end', () => lost());
  }

  /** Connects; `opened` has the socket at once, to be destroyed by whoever will not wait. Rejects with what was said. */
  static async open(
    config: pg.ClientConfig,
    opened: (socket: net.Socket) => void,
  ): Promise<LedgerConnection> {
    const socket = new net.Socket();
    opened(socket);
    const client = new pg.Client({
      application_name: 'pgattest ledger',
      ...config,
      connectionTimeoutMillis: patienceMs,
      // Our own: the client's end() is polite, and a server that is frozen never answers it.
      stream: () => socket,
    });
    // Between connecting and here it may be lost already.
    client.on('error', () => {});
    try {
      await client.connect();
    } catch (error) {
      socket.destroy();
      throw error;
    }
    return new LedgerConnection(client, socket);
  }

  /** False when it is known to be lost. */
  get alive(): boolean {
    return this.#alive && !this.#socket.destroyed;
  }

  /** Sends one commit; settles when it was answered or the connection is lost. Never rejects. */
  post(statement: string): Promise<Outcome> {
    if (!this.alive) return Promise.resolve({ state: 'f', why: 'not sent: the connection was lost before' });
    return new Promise((resolve) => {
      this.#settle = (outcome) => {
        this.#settle = undefined;
        this.sentAt = undefined;
        resolve(outcome);
      };
      this.sentAt = performance.now();
      // A warning is no error: of a cancelled wait for a replica the commit is there, and the caller was told that it is.
      this.#client.query({ text: statement, rowMode: 'array' }, (error: Error | null) =>
        this.#settle?.(error ? outcomeOf(error) : { state: 'a' }),
      );
    });
  }

  /** Cuts it off; a commit under way is indeterminate. */
  drop(why: string): void {
    this.#alive = false;
    this.#socket.destroy();
    this.#settle?.({ state: 'i', why });
  }

  /** Says goodbye where there is somebody to hear it. */
  async close(): Promise<void> {
    if (this.alive) await Promise.race([this.#client.end().catch(() => undefined), delay(200)]);
    this.drop('closed');
  }
}
