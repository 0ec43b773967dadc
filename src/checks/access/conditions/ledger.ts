import type { Command } from '../../../catalog/catalog.ts';
import type { Atom, Condition } from './condition.ts';
import { beside } from './tree.ts';

/** Where a condition stands. */
export interface Place {
  readonly table: string;
  /** Name of the policy, or of the command whose rule it is. */
  readonly owner: { readonly policy: string } | { readonly rule: Command };
  readonly clause: 'USING' | 'WITH CHECK' | 'where' | 'to';
}

/** How often one condition decided alone, in rows × actors. */
export interface Entry extends Place {
  /** The condition; null for the policy or the rule as a whole. */
  readonly condition: string | null;
  /** All of the clause. */
  readonly text: string;
  /** The atom whose subquery it stands in. */
  readonly inside: string | null;
  /** Times that the outcome would be another one if it were false where it is true. */
  readonly byTrue: number;
  /** Times that the outcome would be another one if it were true where it is false. */
  readonly byFalse: number;
  /** False for what is constant: a policy USING (true) refuses nothing. */
  readonly canBeFalse: boolean;
  /** What must hold beside it for it to decide. */
  readonly beside: readonly string[];
  /** One that it decided: a key, as an example. */
  readonly exampleTrue: Example | null;
  readonly exampleFalse: Example | null;
  /** Why it could not be computed. */
  readonly failed: string | null;
}

export interface Example {
  readonly actor: string;
  readonly key: readonly (string | null)[];
}

type Mutable = { -readonly [K in keyof Entry]: Entry[K] };

/** The counts of every condition, in the order in which they were first met. */
export class Ledger {
  readonly #entries = new Map<string, Mutable>();

  /** Makes the entries of a condition: the whole, its atoms and, if `inside`, what is inside them. */
  open(place: Place, condition: Condition, inside: boolean): void {
    const fixed = condition.atoms.every(({ constant }) => constant);
    this.#open(wholeKey(place), {
      ...place,
      text: condition.text,
      condition: null,
      inside: null,
      beside: [],
      canBeFalse: !fixed,
    });
    for (const [index, atom] of condition.atoms.entries()) {
      if (atom.constant) continue;
      const others = (beside(condition.logic, index) ?? []).map(
        ({ index: other, is }) => `${is ? '' : 'not '}${condition.atoms[other]?.text ?? ''}`,
      );
      const own = { ...place, text: condition.text, beside: others, canBeFalse: true };
      this.#open(atomKey(place, atom), { ...own, condition: atom.text, inside: null });
      for (const { text } of inside ? atom.inner : [])
        this.#open(innerKey(place, atom, text), { ...own, condition: text, inside: atom.text });
    }
  }

  #open(
    key: string,
    head: Place & Pick<Entry, 'condition' | 'text' | 'inside' | 'beside' | 'canBeFalse'>,
  ): void {
    if (this.#entries.has(key)) return;
    const none = { byTrue: 0, byFalse: 0, exampleTrue: null, exampleFalse: null, failed: null };
    this.#entries.set(key, { ...head, ...none });
  }

  note(key: string, was: boolean, rows: number, example: Example): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    if (was) {
      entry.byTrue += rows;
      entry.exampleTrue ??= example;
    } else {
      entry.byFalse += rows;
      entry.exampleFalse ??= example;
    }
  }

  /** It is asked for, and nothing has hung on it that way yet. */
  wants(key: string, was: boolean): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && (was ? entry.byTrue : entry.byFalse) === 0;
  }

  /** Some side of the condition, or of one in it, has decided nothing yet. */
  isOpen(place: Place, { atoms }: Condition): boolean {
    const keys = atoms.flatMap((atom) => [
      atomKey(place, atom),
      ...atom.inner.map(({ text }) => innerKey(place, atom, text)),
    ]);
    return [wholeKey(place), ...keys].some((key) => {
      const canBeFalse = this.#entries.get(key)?.canBeFalse === true;
      return this.wants(key, true) || (canBeFalse && this.wants(key, false));
    });
  }

  fail(key: string, message: string): void {
    const entry = this.#entries.get(key);
    if (entry !== undefined) entry.failed ??= message;
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }
}

export function wholeKey({ table, owner, clause }: Place): string {
  return JSON.stringify([table, owner, clause]);
}

/** A condition that stands twice in a clause is one. */
export function atomKey({ table, owner, clause }: Place, { text }: Atom): string {
  return JSON.stringify([table, owner, clause, text]);
}

/**
 * Rules are put together from words that come back: a condition inside one is one for all rules of a table, and for the whole design
 * where the word is about the actor alone. In policies each clause is asked by itself.
 */
export function innerKey({ table, owner, clause }: Place, { aboutActor }: Atom, text: string): string {
  if ('policy' in owner) return JSON.stringify([table, owner, clause, text]);
  return JSON.stringify(['rules', aboutActor ? '' : table, text]);
}
