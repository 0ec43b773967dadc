import { operators } from './operators/index.ts';
import type { Names } from './operators/operator.ts';
import { type Place, places, type Roots, replaceAt } from './tree.ts';

/** A whole tree with one node changed. */
export interface TreeVariant<T> {
  readonly operator: string;
  readonly says: string;
  readonly tree: T;
}

/** Every tree that one operator at one place makes of a tree, in the order of operators and of the text. */
export function* variantsOf<T>(
  root: T,
  names: Names,
  roots: Roots,
  wanted: (place: Place) => boolean = () => true,
): Generator<TreeVariant<T>, void, void> {
  const all = [...places(root, roots)].filter((place) => !isUnread(place) && wanted(place));
  for (const operator of operators) {
    for (const place of all) {
      for (const { node, says } of operator.variants(place, names)) {
        yield { operator: operator.name, says, tree: replaceAt(root, place.path, node) };
      }
    }
  }
}

/** What EXISTS (SELECT … FROM) selects: nobody looks at it. */
function isUnread({ above }: Place): boolean {
  const at = above.findIndex((node) => 'SubLink' in node && node.SubLink.subLinkType === 'EXISTS_SUBLINK');
  const [select, target] = [above[at - 1], above[at - 2]];
  return (
    at >= 2 && select !== undefined && 'SelectStmt' in select && target !== undefined && 'ResTarget' in target
  );
}
