import { createHash } from 'node:crypto';
import type { Identity, Row } from '../../cluster/session.ts';
import { anyFunction, type Functions } from './reach.ts';
import { StandingSession } from './standing-session.ts';

/** What has been done in a transaction and not been undone, and what that ran. */
export interface State {
  /** A hash of the statements; empty where nothing has been done. */
  readonly key: string;
  readonly functions: Functions;
}

export const untouched: State = { key: '', functions: 0n };

/** Statements that look at what a changed function is, and not only at what it does; and those that undo how it is counted. */
const looksAtFunctions =
  /\b(pg_proc|pg_get_function\w*|prosrc|prosecdef|proconfig|regproc\w*|routines|exception\s+when|reset\s+all|discard|track_functions)\b/i;

/**
 * A session that knows its statements by what was done before them: the same statement after the same ones gives the same on the same
 * database. The transaction's own id, which differs each time, counts as one.
 */
export class KeyedSession extends StandingSession {
  protected state: State = untouched;
  #own: string | undefined;

  override async query(text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const rows = await super.query(text, values);
    if (asksForOwnId(text)) this.#own = String(Object.values(rows[0] ?? {})[0]);
    return rows;
  }

  protected keyOf(kind: string, text: string, values: readonly unknown[] = []): string {
    const hash = createHash('sha1').update(`${this.state.key}\0${kind}\0`);
    for (const part of [text, ...values.map((value) => JSON.stringify(value))]) {
      hash.update(`${this.#own === undefined ? part : part.replaceAll(this.#own, '<own>')}\0`);
    }
    return hash.digest('base64');
  }
}

export function identityText({ role, settings, triggers }: Identity): string {
  return JSON.stringify([role, settings, triggers !== false]);
}

/** The transaction's id is asked for: what it gives is good for this transaction only. */
export function asksForOwnId(text: string): boolean {
  return text.includes('pg_current_xact_id');
}

/** What a statement may show of functions besides what it runs. */
export function seenIn(text: string): Functions {
  return looksAtFunctions.test(text) ? anyFunction : 0n;
}
