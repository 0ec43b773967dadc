import type { Actor } from '../../../design/design.ts';
import { isIdentified } from '../target.ts';

/**
 * Rows that the rule judges alike, for whichever actor, are tried in other ways once: the plain form was tried as every actor, and no form
 * of statement knows more of the actor than the policies do. Without identity all are tried: a setting that is unset and one
 * that is empty are judged alike and met by the policies as two.
 */
export class Novelty {
  readonly #known = new Set<string>();

  /** True the first time for what the rules say of a row. */
  take(actor: Actor, judgement: string): boolean {
    if (!isIdentified(actor)) return true;
    if (this.#known.has(judgement)) return false;
    this.#known.add(judgement);
    return true;
  }
}
