import type pg from 'pg';
import type { Postgres } from '../../cluster/postgres.ts';
import { until } from '../../cluster/until.ts';
import type { Scene, Seen } from '../model.ts';

/** How many stay connected to a server that is about to freeze. */
const clients = 3;
const limitMs = 6_000;
/** So long clients wait for an answer, and then they have their statements cancelled, as drivers do. */
const patienceMs = 1_000;
const name = 'pgattest old route';

/** A commit that changes nothing that anybody would have to clean up. */
const commit = "SELECT pg_logical_emit_message(true, 'pgattest', 'old route')";

const cancel =
  "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND state = 'active'";

/** Clients that hold on to an old primary: some that were connected before it froze, and one that comes afterwards. */
export class OldRoute {
  readonly #server: Postgres;
  readonly #database: string;
  readonly #open: readonly pg.Client[];

  private constructor(server: Postgres, database: string, open: readonly pg.Client[]) {
    this.#server = server;
    this.#database = database;
    this.#open = open;
  }

  static async open({ cluster, database }: Scene): Promise<OldRoute> {
    const open: pg.Client[] = [];
    for (let n = 0; n < clients; n++)
      open.push(await cluster.primary.connect({ database, limitMs, applicationName: name }));
    return new OldRoute(cluster.primary, database, open);
  }

  /**
   * Commits over every connection, and over a new one, with the server thawed after they were sent. Call it after the promotion.
   * @param thaw lets the server go on; it may be gone
   */
  async see(thaw: () => Promise<void>): Promise<readonly Seen[]> {
    // Into the sockets of a server that stands still: it finds them when it goes on.
    const sent = this.#open.map((client) => committed(client));
    await thaw();
    const fresh = this.#fresh();
    const all = Promise.all([...sent, fresh.then(({ answer }) => answer)]);
    await this.#giveUp(all);
    const answers = await all;
    const acknowledged = answers.filter((answer) => answer === 'acknowledged').length;
    const refusals = [...new Set(answers)].filter((answer) => answer !== 'acknowledged').join('; ');
    const { isPrimary, answer } = await fresh;
    return [
      {
        subject: 'old primary',
        way: `${this.#open.length} clients that were connected to it, and a new one, once it may go on`,
        statement: commit,
        expected: 'no commit is acknowledged after the promotion',
        actual: acknowledged > 0 ? `${acknowledged} acknowledged: two primaries` : `none: ${refusals}`,
        agrees: acknowledged === 0,
        tried: answers.length,
      },
      {
        subject: 'old primary',
        way: 'for a client that knows its address',
        statement: 'SELECT pg_is_in_recovery()',
        expected: 'gone, or a replica',
        actual: isPrimary ? 'it answers, and is a primary' : `not a primary: ${answer}`,
        agrees: !isPrimary,
      },
    ];
  }

  /** Closes what is open, whatever the server does. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#open.map((client) => client.end()));
  }

  /** A commit that waits for replicas which follow another primary by now is there all the same, and a cancel has it acknowledged. */
  async #giveUp(answers: Promise<unknown>): Promise<void> {
    let answered = false;
    void answers.then(() => {
      answered = true;
    });
    if (await until(() => answered, patienceMs)) return;
    try {
      const client = await this.#server.connect({ limitMs });
      await client.query(cancel, [name]).finally(() => client.end());
    } catch {
      // One that lets nobody in acknowledges nothing either.
    }
  }

  async #fresh(): Promise<{ readonly answer: string; readonly isPrimary: boolean }> {
    let client: pg.Client | undefined;
    try {
      client = await this.#server.connect({
        database: this.#database,
        limitMs,
        applicationName: name,
      });
      const { rows } = await client.query<{ replica: boolean }>('SELECT pg_is_in_recovery() AS replica');
      return { answer: await committed(client), isPrimary: rows[0]?.replica === false };
    } catch (error) {
      return { answer: said(error), isPrimary: false };
    } finally {
      await client?.end().catch(() => undefined);
    }
  }
}

/** `acknowledged`, or what went wrong. */
const committed = (client: pg.Client): Promise<string> =>
  client.query(commit).then(() => 'acknowledged', said);

function said(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /not queryable|terminated unexpectedly/.test(message) ? 'the connection is lost' : message;
}
