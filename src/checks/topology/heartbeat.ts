import type pg from 'pg';
import type { Postgres } from '../../cluster/postgres.ts';
import { statementMs } from '../../cluster/server.ts';
import { until } from '../../cluster/until.ts';

const table = 'public.pgattest_takeover';

/** Commits one number after the other, and remembers when each was acknowledged, by this program's steady clock. */
export class Heartbeat {
  readonly acknowledged: number[] = [];
  /** When the last one before the death of the server was. */
  died = 0;
  readonly #primary: Postgres;
  readonly #client: pg.Client;
  #going = true;

  static async start(primary: Postgres): Promise<Heartbeat> {
    const client = await primary.connect({ statementMs });
    try {
      await client.query(`DROP TABLE IF EXISTS ${table}`);
      await client.query(`CREATE TABLE ${table} (beat int PRIMARY KEY)`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    const heartbeat = new Heartbeat(primary, client);
    void heartbeat.#beat();
    return heartbeat;
  }

  private constructor(primary: Postgres, client: pg.Client) {
    this.#primary = primary;
    this.#client = client;
  }

  /** Waits until so many were acknowledged; false when they were not. */
  beats(count: number, limitMs: number): Promise<boolean> {
    return until(() => this.acknowledged.length >= count, limitMs);
  }

  /** Nothing is acknowledged any more. The server may be frozen, so nobody says farewell to it. */
  stop(): void {
    if (!this.#going) return;
    this.#going = false;
    this.died = performance.now();
    (this.#client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }

  /** When those were acknowledged that another server does not have. */
  async lostOn(server: Postgres): Promise<readonly number[]> {
    const client = await server.connect({ statementMs });
    try {
      const { rows } = await client.query<{ beat: number }>(`SELECT beat FROM ${table}`);
      const there = new Set(rows.map(({ beat }) => beat));
      return this.acknowledged.filter((_, beat) => !there.has(beat));
    } catch (error) {
      // Not even the table came over.
      if ((error as { code?: string }).code === '42P01') return this.acknowledged;
      throw error;
    } finally {
      await client.end();
    }
  }

  /** On a primary that answers again. */
  async end(): Promise<void> {
    this.stop();
    const client = await this.#primary.connect({ statementMs });
    try {
      await client.query(`DROP TABLE IF EXISTS ${table}`);
    } finally {
      await client.end();
    }
  }

  async #beat(): Promise<void> {
    try {
      while (this.#going) {
        await this.#client.query(`INSERT INTO ${table} VALUES (${this.acknowledged.length})`);
        if (this.#going) this.acknowledged.push(performance.now());
      }
    } catch {
      // The connection is cut in the midst of a commit: it was never acknowledged.
    }
  }
}
