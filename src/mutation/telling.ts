import type { Actor, Claim } from '../design/design.ts';

/**
 * What killed the mutants before: the next is likely of the same policy or function, and to be noticed by the same claim and the same
 * actor. It decides what is tried first, never what is tried.
 */
export class Telling {
  #claims: readonly string[] = [];
  readonly #actors = new Map<string, readonly string[]>();

  note(claim: string, actor: string | undefined): void {
    this.#claims = toFront(this.#claims, claim);
    if (actor !== undefined) this.#actors.set(claim, toFront(this.#actors.get(claim) ?? [], actor));
  }

  /** Claims that killed, the last first; then the others as they are. */
  claims(claims: readonly Claim[]): readonly Claim[] {
    return inOrder(claims, ({ id }) => id, this.#claims);
  }

  /** Actors by whom the claim noticed, the last first; then the others as they are. */
  actors(claim: string, actors: readonly Actor[]): readonly Actor[] {
    return inOrder(actors, ({ name }) => name, this.#actors.get(claim) ?? []);
  }
}

function toFront(names: readonly string[], name: string): readonly string[] {
  return [name, ...names.filter((each) => each !== name)];
}

function inOrder<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  names: readonly string[],
): readonly T[] {
  const first = names.flatMap((name) => items.filter((item) => nameOf(item) === name));
  return [...first, ...items.filter((item) => !first.includes(item))];
}
