import type { Node } from '@pgsql/types';
import { textOf } from '../tree.ts';
import type { Operator, Variant } from './operator.ts';

/** One operand of AND (it lets more through) or of OR (it lets less through) is gone. */
const removed = (name: string, boolop: 'AND_EXPR' | 'OR_EXPR'): Operator => ({
  name,
  variants({ node }) {
    if (!('BoolExpr' in node) || node.BoolExpr.boolop !== boolop) return [];
    const args = node.BoolExpr.args ?? [];
    if (args.length < 2) return [];
    return args.map((arg, index): Variant => {
      const [first, ...rest] = args.filter((_, other) => other !== index);
      const left =
        first !== undefined && rest.length === 0
          ? first
          : ({ BoolExpr: { ...node.BoolExpr, args: [first, ...rest] } } as Node);
      return { node: left, says: `without ${textOf(arg)}` };
    });
  },
});

export const conjunctRemoved = removed('conjunct-removed', 'AND_EXPR');
export const disjunctRemoved = removed('disjunct-removed', 'OR_EXPR');
