import type { Node } from '@pgsql/types';
import type { Catalog } from '../../catalog/catalog.ts';
import type { Place } from '../tree.ts';

/** Another node for the one at a place. */
export interface Variant {
  readonly node: Node;
  /** What was done, after the object's name: `without \`status = 'active'\``. */
  readonly says: string;
}

/** What an operator may ask about names in an expression. */
export interface Names {
  readonly catalog: Catalog;
  /** The relation that unqualified columns belong to, and those qualified by its name, `new` and `old`. */
  readonly relation: string | undefined;
}

/** Changes nodes of an expression, one at a time. */
export interface Operator {
  readonly name: string;
  variants(place: Place, names: Names): readonly Variant[];
}
