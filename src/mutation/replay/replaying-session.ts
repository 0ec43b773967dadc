import type pg from 'pg';
import type { Attempt, Identity, Row } from '../../cluster/session.ts';
import type { TextResult } from '../../cluster/text-query.ts';
import { asksForOwnId, identityText, KeyedSession, untouched } from './keyed-session.ts';
import type { Functions } from './reach.ts';
import { onlyReads } from './standing-session.ts';
import type { Recorded, Tape } from './tape.ts';

/** A savepoint, and what was not yet done after it. */
interface Frame {
  readonly name: string | undefined;
  opened: boolean;
  pending: (() => Promise<void>)[];
}

/**
 * Gives for a statement what it gave on the healthy database, where it ran none of some functions, and runs the others. What stays of a
 * statement is done before the first that is run, and must come out as recorded: else `mismatched` is set, and nothing that the trial
 * showed counts.
 */
export class ReplayingSession extends KeyedSession {
  mismatched = false;
  readonly #tape: Tape;
  readonly #changed: Functions;
  readonly #frames: Frame[] = [{ name: undefined, opened: true, pending: [] }];
  /** Something was done of which nothing is recorded. */
  #lost = false;

  /** @param changed functions that may do something else than when the tape was recorded */
  constructor(client: pg.Client, tape: Tape, changed: Functions) {
    super(client);
    this.#tape = tape;
    this.#changed = changed;
  }

  override async attempt(text: string, values: readonly unknown[] = [], keep = false): Promise<Attempt> {
    const key = this.keyOf('attempt', text, values);
    const known = this.#recorded(key);
    if (known?.outcome.kind === 'attempt') {
      const { attempt } = known.outcome;
      if (keep) {
        this.state = { key, functions: known.functions };
        this.#later(async () => this.#mustBe(attempt, await super.attempt(text, values, true)));
      }
      return attempt;
    }
    await this.#flush();
    const attempt = await super.attempt(text, values, keep);
    if (keep) this.#went(key);
    return attempt;
  }

  override async query(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    if (asksForOwnId(text)) {
      await this.#flush();
      return super.query(text, values);
    }
    const key = this.keyOf('query', text, values);
    const known = this.#recorded(key);
    if (known?.outcome.kind === 'rows') {
      const { rows } = known.outcome;
      const reads = onlyReads(text);
      // Of what nothing was done to, the rows are the same whenever they are read.
      if (!reads || this.state.key !== '')
        this.#later(async () => this.#mustBe(rows, await super.query(text, values)));
      if (!reads) this.state = { key, functions: known.functions };
      return rows;
    }
    await this.#flush();
    const rows = await super.query(text, values);
    if (!onlyReads(text)) this.#went(key);
    return rows;
  }

  override async script(text: string): Promise<void> {
    const key = this.keyOf('script', text);
    const known = this.#recorded(key);
    if (known?.outcome.kind === 'done') {
      this.state = { key, functions: known.functions };
      this.#later(() => super.script(text));
      return;
    }
    await this.#flush();
    await super.script(text);
    this.#went(key);
  }

  override async text(text: string): Promise<TextResult> {
    await this.#flush();
    const result = await super.text(text);
    this.#went(this.keyOf('text', text));
    return result;
  }

  override async undone<T>(work: () => Promise<T>): Promise<T> {
    const [before, lost] = [this.state, this.#lost];
    const frame: Frame = { name: `pgattest_${this.#frames.length}`, opened: false, pending: [] };
    this.#frames.push(frame);
    return this.inside(async () => {
      try {
        return await work();
      } finally {
        this.#frames.pop();
        this.state = before;
        this.#lost = lost;
        if (frame.opened) await super.script(`ROLLBACK TO ${frame.name}; RELEASE ${frame.name}`);
      }
    });
  }

  override async become(identity: Identity): Promise<void> {
    this.state = { key: this.keyOf('become', identityText(identity)), functions: this.state.functions };
    this.#later(() => super.become(identity));
  }

  override async resume(): Promise<void> {
    this.state = { key: this.keyOf('resume', ''), functions: this.state.functions };
    this.#later(() => super.resume());
  }

  #recorded(key: string): Recorded | undefined {
    if (this.#lost) return undefined;
    const known = this.#tape.statement(key);
    return known === undefined || (known.functions & this.#changed) !== 0n ? undefined : known;
  }

  /** What is done now may have gone otherwise than it was recorded. */
  #went(key: string): void {
    this.state = { key, functions: untouched.functions };
    this.#lost = true;
  }

  #later(work: () => Promise<void>): void {
    // It will have been done before the next attempt that is undone.
    this.stays();
    this.#frames.at(-1)?.pending.push(work);
  }

  async #flush(): Promise<void> {
    for (const frame of this.#frames) {
      if (!frame.opened) await super.script(`SAVEPOINT ${frame.name}`);
      frame.opened = true;
      const { pending } = frame;
      frame.pending = [];
      for (const work of pending) await work();
    }
  }

  #mustBe(recorded: unknown, now: unknown): void {
    if (JSON.stringify(recorded) !== JSON.stringify(now)) this.mismatched = true;
  }
}
