import { operators } from './operators/index.ts';
import type { Names } from './operators/operator.ts';
import { places, type Roots, replaceAt } from './tree.ts';

/** A whole tree with one node changed. */
export interface TreeVariant<T> {
  readonly operator: string;
  readonly says: string;
  readonly tree: T;
}

/** Every tree that one operator at one place makes of a tree, in the order of operators and of the text. */
export function* variantsOf<T>(root: T, names: Names, roots: Roots): Generator<TreeVariant<T>, void, void> {
  const all = [...places(root, roots)];
  for (const operator of operators) {
    for (const place of all) {
      for (const { node, says } of operator.variants(place, names)) {
        yield { operator: operator.name, says, tree: replaceAt(root, place.path, node) };
      }
    }
  }
}
