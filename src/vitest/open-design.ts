import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { ids } from '../data/index.ts';
import { ConfigError } from '../design/config-error.ts';
import type { Ids } from '../design/data-plan.ts';
import type { Actor, Design } from '../design/design.ts';
import type { ValidDesign } from '../design/validate.ts';
import { actorsOf } from '../scenarios/stage.ts';
import { type SuiteOptions, startTimeoutMs } from './options.ts';
import { placedDesign } from './placed-design.ts';
import { callerFile } from './rule-place.ts';
import { openScene, type Scene } from './scene.ts';
import { Statement } from './statement.ts';
import { TestTransaction } from './test-transaction.ts';

/**
 * Gives the tests of a file a design's database: a cluster of their own, migrated and filled before the first of them and
 * gone after the last. To be called where tests are declared. Nothing starts when no test of the file is run.
 */
export async function openDesign(design: Design, options: SuiteOptions = {}): Promise<TestDatabase> {
  const db = new TestDatabase(placedDesign(design), callerFile());
  // Hooks are registered before the first await: an afterwards would belong to no file.
  beforeAll(() => db.start(options), startTimeoutMs);
  beforeEach(() => db.enter());
  afterEach(() => db.leave());
  afterAll(() => db.stop());
  return db;
}

/** A design's database in the tests of one file. What a test does is rolled back when it ends. */
export class TestDatabase {
  /** Ids of the rows that the data plan makes: `ids.uuid('app.projects', 0)`. */
  readonly ids: Ids = ids;
  readonly design: ValidDesign;
  /** The file that opened it, from which the rules are found; see rulePlace. */
  readonly from: string | undefined;
  readonly #actors: readonly Actor[];
  #scene: Scene | undefined;
  #transaction: Promise<TestTransaction> | undefined;
  #statements: Statement[] = [];
  #tests = 0;

  constructor(design: ValidDesign, from: string | undefined) {
    this.design = design;
    this.from = from;
    this.#actors = actorsOf(design);
  }

  /** The database with the eyes of one of the design's actors. */
  as(name: string): ActorView {
    const actor = this.#actors.find((each) => each.name === name);
    if (actor === undefined) {
      const names = this.#actors.map((each) => each.name).join(', ');
      throw new ConfigError(this.design.name, `no actor ${name}`, `use one of ${names}`);
    }
    return new ActorView(this, actor);
  }

  /** One statement as the superuser, in the transaction of the test: to prepare rows, or to look past the policies. */
  query(text: string, values: readonly unknown[] = []): Statement {
    return this.statement(undefined, text, values);
  }

  /** A statement that the end of the test asks after. */
  statement(actor: Actor | undefined, text: string, values: readonly unknown[]): Statement {
    const statement = new Statement(this, actor, text, values);
    this.#statements.push(statement);
    return statement;
  }

  /** The transaction of the test that runs. */
  transaction(): Promise<TestTransaction> {
    const scene = this.#scene;
    if (scene === undefined || this.#tests === 0) {
      return Promise.reject(new Error('no test is running: use the database in a test, or in beforeEach'));
    }
    if (this.#tests > 1) {
      return Promise.reject(
        new Error(
          'two tests at once in one file share a transaction: take `concurrent` away, or split the file',
        ),
      );
    }
    this.#transaction ??= TestTransaction.open(scene);
    return this.#transaction;
  }

  async start(options: SuiteOptions): Promise<void> {
    this.#scene = await openScene(this.design, options);
  }

  enter(): void {
    this.#tests++;
  }

  async leave(): Promise<void> {
    const [transaction, statements] = [this.#transaction, this.#statements];
    this.#tests--;
    this.#transaction = undefined;
    this.#statements = [];
    await (await transaction?.catch(() => undefined))?.close();
    const forgotten = statements.find((statement) => !statement.sent);
    if (forgotten !== undefined) throw forgotten.forgotten();
  }

  async stop(): Promise<void> {
    await this.#scene?.close();
    this.#scene = undefined;
  }
}

/** A database with the eyes of an actor. */
export class ActorView {
  readonly db: TestDatabase;
  readonly actor: Actor;

  constructor(db: TestDatabase, actor: Actor) {
    this.db = db;
    this.actor = actor;
  }

  /** One statement as the request role with the actor's settings; sent when it is awaited or expected. */
  query(text: string, values: readonly unknown[] = []): Statement {
    return this.db.statement(this.actor, text, values);
  }
}
