import type { Node } from '@pgsql/types';
import { textOf } from '../tree.ts';
import type { Operator } from './operator.ts';

/** A condition means its opposite: a whole one, and each operand of AND and OR. A NOT goes away. */
export const negated: Operator = {
  name: 'negated',
  variants({ node, condition, above }) {
    if (!condition) return [];
    const [outer] = above;
    // What stands below NOT is negated by taking NOT away.
    if (outer !== undefined && 'BoolExpr' in outer && outer.BoolExpr.boolop === 'NOT_EXPR') return [];
    if ('BoolExpr' in node && node.BoolExpr.boolop === 'NOT_EXPR') {
      const [inner] = node.BoolExpr.args ?? [];
      return inner === undefined ? [] : [{ node: inner, says: `with ${textOf(inner)} not negated` }];
    }
    if ('A_Const' in node) return [];
    const not = { BoolExpr: { boolop: 'NOT_EXPR', args: [node] } } as Node;
    return [{ node: not, says: `with ${textOf(node)} negated` }];
  },
};
