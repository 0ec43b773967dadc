import type { Node } from '@pgsql/types';
import { textOf } from '../tree.ts';
import type { Operator } from './operator.ts';

export const trueNode: Node = { A_Const: { boolval: { boolval: true } } } as Node;

/** The only condition of a WHERE or ON is gone; of several, `conjunct-removed` takes them one by one. */
export const conditionRemoved: Operator = {
  name: 'condition-removed',
  variants({ node, condition, path }) {
    const isWhole = path.at(-1) === 'whereClause' || path.at(-1) === 'quals';
    if (!condition || !isWhole || ('BoolExpr' in node && node.BoolExpr.boolop === 'AND_EXPR')) return [];
    return [{ node: trueNode, says: `without ${textOf(node)}` }];
  },
};
