import type { Node } from '@pgsql/types';
import { textOf } from '../tree.ts';
import type { Operator, Variant } from './operator.ts';

/** One value less in an IN list or an ARRAY: a state or a role that nobody thought of. */
export const listShortened: Operator = {
  name: 'list-shortened',
  variants({ node }) {
    if ('A_ArrayExpr' in node) {
      return without(
        node.A_ArrayExpr.elements,
        (elements) => ({ A_ArrayExpr: { ...node.A_ArrayExpr, elements } }) as Node,
      );
    }
    if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_IN') {
      const list = node.A_Expr.rexpr;
      if (list === undefined || !('List' in list)) return [];
      return without(
        list.List.items,
        (items) => ({ A_Expr: { ...node.A_Expr, rexpr: { List: { ...list.List, items } } } }) as Node,
      );
    }
    return [];
  },
};

function without(items: readonly Node[] | undefined, rebuilt: (left: Node[]) => Node): readonly Variant[] {
  if (items === undefined || items.length < 2) return [];
  return items.map((item, index) => ({
    node: rebuilt(items.filter((_, other) => other !== index)),
    says: `without ${textOf(item)} in a list`,
  }));
}
