import type { Attempt, Row } from '../../cluster/session.ts';
import { anyFunction, type Functions } from './reach.ts';

/** What a statement gave on the healthy database. */
export type Outcome =
  | { readonly kind: 'attempt'; readonly attempt: Attempt }
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  | { readonly kind: 'done' };

export interface Recorded {
  readonly outcome: Outcome;
  /** Functions that it ran, and those that what it builds on ran. */
  readonly functions: Functions;
}

/** Longer results are not kept: the statement is run again. */
const longest = 16_384;

/** What claims showed of the healthy database, statement by statement, for all mutants. */
export class Tape {
  readonly #statements = new Map<string, Recorded>();
  readonly #claims = new Map<string, Functions>();

  record(key: string, recorded: Recorded): void {
    if (JSON.stringify(recorded.outcome).length <= longest) this.#statements.set(key, recorded);
  }

  statement(key: string): Recorded | undefined {
    return this.#statements.get(key);
  }

  recordClaim(claim: string, functions: Functions): void {
    this.#claims.set(claim, functions);
  }

  /** Functions that the claim as a whole ran; any, where it was not recorded. */
  claim(claim: string): Functions {
    return this.#claims.get(claim) ?? anyFunction;
  }
}
