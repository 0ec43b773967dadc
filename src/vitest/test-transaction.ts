import type pg from 'pg';
import { identityOf } from '../checks/access/target.ts';
import type { CheckContext } from '../checks/check.ts';
import { type Attempt, type Identity, Session } from '../cluster/session.ts';
import type { Actor } from '../design/design.ts';
import { contextOf } from '../scenarios/trial.ts';
import type { Scene } from './scene.ts';

/** Looks at the database as a superuser right before and right after one statement. */
export interface Watch<Before = unknown, After = unknown> {
  before(context: CheckContext): Promise<Before>;
  /** `mark` is younger than all that was done before the statement: rows as young are the statement's. */
  after(context: CheckContext, mark: string, before: Before): Promise<After>;
}

/** A statement that ended, and what the watch saw. */
export interface Ran<After = unknown> {
  readonly attempt: Attempt;
  readonly seen: After | undefined;
}

const limit = '60s';

/** The transaction of one test: everything in it sees what came before it, and nothing of it stays. */
export class TestTransaction {
  readonly context: CheckContext;
  readonly #client: pg.Client;
  readonly #session: Session;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(context: CheckContext, client: pg.Client, session: Session) {
    this.context = context;
    this.#client = client;
    this.#session = session;
  }

  /** On a connection of its own: settings that served nobody yet are unset, not empty. */
  static async open(scene: Scene): Promise<TestTransaction> {
    const client = await scene.connect();
    try {
      await client.query('BEGIN');
      // A row in it, written under a savepoint, tells the savepoint's transaction id.
      await client.query('CREATE TEMPORARY TABLE pgattest_mark () ON COMMIT DROP');
      await client.query(
        `SET LOCAL statement_timeout = '${limit}'; SET LOCAL jit = off; SET CONSTRAINTS ALL IMMEDIATE`,
      );
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    const session = new Session(client);
    return new TestTransaction(contextOf(scene.bench(client), session, new Map(), false), client, session);
  }

  /** Runs a statement as an actor, or as the superuser; what it did stays until the test ends. One after the other. */
  run<Before, After>(
    actor: Actor | undefined,
    text: string,
    values: readonly unknown[],
    watch?: Watch<Before, After>,
  ): Promise<Ran<After>> {
    const ran = this.#last.then(() => this.#run(actor, text, values, watch));
    this.#last = ran.catch(() => undefined);
    return ran;
  }

  /** Work of a matcher between statements, as the superuser; undone. */
  look<T>(work: (context: CheckContext) => Promise<T>): Promise<T> {
    const looked = this.#last.then(() => this.#session.undone(() => work(this.context)));
    this.#last = looked.catch(() => undefined);
    return looked;
  }

  async close(): Promise<void> {
    await this.#last;
    try {
      await this.#client.query('ROLLBACK');
    } finally {
      await this.#client.end().catch(() => undefined);
    }
  }

  async #run<Before, After>(
    actor: Actor | undefined,
    text: string,
    values: readonly unknown[],
    watch: Watch<Before, After> | undefined,
  ): Promise<Ran<After>> {
    await this.#client.query('SAVEPOINT pgattest_statement');
    try {
      const mark = await this.#mark();
      const before = await watch?.before(this.context);
      const attempt =
        actor === undefined
          ? await this.#session.attempt(text, values, true)
          : await this.#attemptAs(identityOf(this.context, actor), text, values);
      const seen = await watch?.after(this.context, mark, before as Before);
      await this.#client.query('RELEASE pgattest_statement');
      return { attempt, seen };
    } catch (error) {
      await this.#client
        .query('ROLLBACK TO pgattest_statement; RELEASE pgattest_statement')
        .catch(() => undefined);
      throw error;
    }
  }

  /** Like `Session.as`, but what the statement did stays. */
  async #attemptAs(identity: Identity, text: string, values: readonly unknown[]): Promise<Attempt> {
    const names = Object.keys(identity.settings);
    const [former] = await this.#session.query(
      'SELECT array_agg(current_setting(name, true)) AS values FROM unnest($1::text[]) AS name',
      [names],
    );
    await this.#client.query('SAVEPOINT pgattest_actor');
    await this.#session.become(identity);
    const attempt = await this.#session.attempt(text, values, true);
    if (attempt.status === 'error') {
      await this.#client.query('ROLLBACK TO pgattest_actor; RELEASE pgattest_actor');
      return attempt;
    }
    await this.#session.resume();
    // A setting that somebody had is empty from then on, as on any connection: PostgreSQL cannot unset it.
    await this.#session.query(
      'SELECT set_config(name, coalesce(value, $3), true) FROM unnest($1::text[], $2::text[]) AS pair (name, value)',
      [names, (former?.values as (string | null)[] | null) ?? [], ''],
    );
    await this.#client.query('RELEASE pgattest_actor');
    return attempt;
  }

  async #mark(): Promise<string> {
    const [row] = await this.#session.query(
      'INSERT INTO pg_temp.pgattest_mark DEFAULT VALUES RETURNING xmin::text AS mark',
    );
    return String(row?.mark);
  }
}
