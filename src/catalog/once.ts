import type { Catalog } from './catalog.ts';

/** Derives something from a catalogue the first time it is asked for; it goes when the catalogue goes. */
export function oncePerCatalog<T>(derive: (catalog: Catalog) => T): (catalog: Catalog) => T {
  const known = new WeakMap<Catalog, { readonly value: T }>();
  return (catalog) => {
    const found = known.get(catalog);
    if (found !== undefined) return found.value;
    const value = derive(catalog);
    known.set(catalog, { value });
    return value;
  };
}

/** Facts by a key of theirs, in the order they came in. One walk. */
export function groupBy<T>(
  facts: readonly T[],
  keyOf: (fact: T) => string,
): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const fact of facts) {
    const key = keyOf(fact);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [fact]);
    else group.push(fact);
  }
  return groups;
}
