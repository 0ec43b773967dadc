import pg from 'pg';
import type { Attempt, Identity, Row } from '../../cluster/session.ts';
import type { TextResult } from '../../cluster/text-query.ts';
import { asksForOwnId, identityText, KeyedSession, seenIn } from './keyed-session.ts';
import type { Functions, Reach } from './reach.ts';
import { onlyReads } from './standing-session.ts';
import type { Tape } from './tape.ts';

/** Records what each statement gives and which functions it runs. */
export class RecordingSession extends KeyedSession {
  /** Of all statements. */
  ran: Functions = 0n;
  readonly #tape: Tape;
  readonly #reach: Reach;
  readonly #oids: readonly number[];
  #counts: readonly string[];

  constructor(client: pg.Client, tape: Tape, reach: Reach) {
    super(client);
    this.#tape = tape;
    this.#reach = reach;
    this.#oids = reach.counted.map(({ oid }) => oid);
    this.#counts = this.#oids.map(() => '');
  }

  /** Once, in the transaction. What a parallel worker runs is counted elsewhere. */
  async start(): Promise<void> {
    await super.script("SET LOCAL track_functions = 'all'; SET LOCAL max_parallel_workers_per_gather = 0");
    await this.#functionsSince();
  }

  override async attempt(text: string, values: readonly unknown[] = [], keep = false): Promise<Attempt> {
    const key = this.keyOf('attempt', text, values);
    const attempt = await super.attempt(text, values, keep);
    const context = attempt.status === 'error' ? (attempt.error.where ?? '') : '';
    const functions = await this.#ran(text, context);
    this.#tape.record(key, { outcome: { kind: 'attempt', attempt }, functions });
    if (keep) this.state = { key, functions };
    return attempt;
  }

  override async query(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    if (asksForOwnId(text)) return super.query(text, values);
    const key = this.keyOf('query', text, values);
    const rows = await this.#noting(text, () => super.query(text, values));
    const functions = await this.#ran(text);
    this.#tape.record(key, { outcome: { kind: 'rows', rows }, functions });
    if (!onlyReads(text)) this.state = { key, functions };
    return rows;
  }

  override async script(text: string): Promise<void> {
    const key = this.keyOf('script', text);
    await this.#noting(text, () => super.script(text));
    const functions = await this.#ran(text);
    this.#tape.record(key, { outcome: { kind: 'done' }, functions });
    this.state = { key, functions };
  }

  override async text(text: string): Promise<TextResult> {
    const key = this.keyOf('text', text);
    const result = await this.#noting(text, () => super.text(text));
    this.state = { key, functions: await this.#ran(text) };
    return result;
  }

  override async undone<T>(work: () => Promise<T>): Promise<T> {
    const before = this.state;
    try {
      return await super.undone(work);
    } finally {
      this.state = before;
    }
  }

  override async become(identity: Identity): Promise<void> {
    const key = this.keyOf('become', identityText(identity));
    await super.become(identity);
    this.state = { key, functions: this.state.functions };
  }

  override async resume(): Promise<void> {
    const key = this.keyOf('resume', '');
    await super.resume();
    this.state = { key, functions: this.state.functions };
  }

  /** Calls are looked up after the next statement that can be run: until the savepoint is undone, none can. */
  async #noting<T>(text: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const context = error instanceof pg.DatabaseError ? (error.where ?? '') : '';
      this.ran |= seenIn(text) | this.#reach.running(context);
      this.state = { key: this.keyOf('failed', text), functions: this.state.functions | this.ran };
      throw error;
    }
  }

  async #ran(text: string, context = ''): Promise<Functions> {
    const own = (await this.#functionsSince()) | seenIn(text) | this.#reach.running(context);
    this.ran |= own;
    return own | this.state.functions;
  }

  async #functionsSince(): Promise<Functions> {
    const { rows } = await this.client.query<{ counts: string[] }>(
      'SELECT array_agg(coalesce(pg_catalog.pg_stat_get_xact_function_calls(oid), 0)::text ORDER BY n) AS counts FROM unnest($1::oid[]) WITH ORDINALITY AS f(oid, n)',
      [this.#oids],
    );
    const counts = rows[0]?.counts ?? [];
    const since = counts.reduce(
      (all, count, bit) => (count === this.#counts[bit] ? all : all | (1n << BigInt(bit))),
      0n,
    );
    this.#counts = counts;
    return since;
  }
}
