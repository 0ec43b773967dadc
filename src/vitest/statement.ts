import { describeOutcome, outcomeOf } from '../checks/access/outcome.ts';
import type { Attempt, Row, ServerError } from '../cluster/session.ts';
import type { Actor } from '../design/design.ts';
import type { ValidDesign } from '../design/validate.ts';
import { aligned } from './failure-text.ts';
import type { Ran, TestTransaction, Watch } from './test-transaction.ts';

export interface StatementResult {
  readonly rows: readonly Row[];
  /** Rows that it returned, or touched. */
  readonly count: number;
}

/** Where a statement is run: the database of a test file. */
export interface StatementHome {
  readonly design: ValidDesign;
  readonly from: string | undefined;
  transaction(): Promise<TestTransaction>;
}

/** A statement that the server refused, with who tried it. */
export class StatementError extends Error {
  override readonly name = 'StatementError';
  readonly server: ServerError;

  constructor(message: string, server: ServerError, stack: string) {
    super(message);
    this.server = server;
    this.stack = `${this.name}: ${message}\n${stack}`;
  }
}

/**
 * A statement of an actor, not sent until it is awaited or given to a matcher, which may want to look before. A test that
 * does neither fails.
 */
export class Statement implements PromiseLike<StatementResult> {
  readonly actor: Actor | undefined;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly db: StatementHome;
  readonly #stack: string;
  #ran: Promise<Ran> | undefined;

  constructor(db: StatementHome, actor: Actor | undefined, text: string, values: readonly unknown[]) {
    this.db = db;
    this.actor = actor;
    this.text = text;
    this.values = values;
    // When it is sent, the line of the test is not on the stack any more.
    this.#stack = (new Error('for its stack').stack ?? '').split('\n').slice(1).join('\n');
  }

  /** `viewer`, or `the superuser`. */
  get who(): string {
    return this.actor?.name ?? 'the superuser';
  }

  /** The statement on one line, with its parameters. */
  get oneLine(): string {
    const text = this.text.trim().replace(/\s+/g, ' ');
    return this.values.length === 0 ? text : `${text} with ${JSON.stringify(this.values)}`;
  }

  get sent(): boolean {
    return this.#ran !== undefined;
  }

  /** Sends it with a watch beside it. It runs once: a matcher comes too late for one that was awaited. */
  async run<Before, After>(watch: Watch<Before, After>): Promise<{ attempt: Attempt; seen: After }> {
    if (this.sent) {
      throw new Error(
        `the statement was sent before the matcher could look: write await expect(db.as(…).query(…)), without awaiting the query: ${this.oneLine}`,
      );
    }
    const { attempt, seen } = await this.#send(watch);
    return { attempt, seen: seen as After };
  }

  // biome-ignore lint/suspicious/noThenProperty: awaiting sends it
  then<A = StatementResult, B = never>(
    done?: ((result: StatementResult) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#ran ??= this.#send();
    return this.#ran.then(({ attempt }) => this.#result(attempt)).then(done, failed);
  }

  /** What a test that forgot it fails with, at the line where it was made. */
  forgotten(): Error {
    const error = new Error(`never sent, for want of an await: ${this.oneLine}`);
    error.stack = `Error: ${error.message}\n${this.#stack}`;
    return error;
  }

  #send<Before, After>(watch?: Watch<Before, After>): Promise<Ran<After>> {
    const ran = this.db
      .transaction()
      .then((transaction) => transaction.run(this.actor, this.text, this.values, watch));
    this.#ran = ran;
    return ran;
  }

  #result(attempt: Attempt): StatementResult {
    if (attempt.status === 'done') return { rows: attempt.rows, count: attempt.count };
    const message = `${this.who}: ${describeOutcome(outcomeOf(attempt))}\n${aligned({ statement: this.oneLine, detail: attempt.error.detail })}`;
    throw new StatementError(message, attempt.error, this.#stack);
  }
}
