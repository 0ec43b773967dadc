import type { Node } from '@pgsql/types';
import { namesOf, textOf } from '../tree.ts';
import type { Operator, Variant } from './operator.ts';

const others: Readonly<Record<string, string>> = {
  '=': '<>',
  '<>': '=',
  '!=': '=',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '~': '!~',
};

/** Another comparison in the place of one: = and <>, < and <=, IS NULL and IS NOT NULL, IS DISTINCT FROM and its opposite. */
export const comparisonChanged: Operator = {
  name: 'comparison-changed',
  variants({ node }) {
    const changed = changedNode(node);
    if (changed === undefined) return [];
    return [
      { node: changed, says: `with ${textOf(node)} changed to ${textOf(changed)}` },
    ] satisfies Variant[];
  },
};

function changedNode(node: Node): Node | undefined {
  if ('NullTest' in node) {
    const nulltesttype = node.NullTest.nulltesttype === 'IS_NULL' ? 'IS_NOT_NULL' : 'IS_NULL';
    return { NullTest: { ...node.NullTest, nulltesttype } } as Node;
  }
  if (!('A_Expr' in node)) return undefined;
  const { kind, name } = node.A_Expr;
  if (kind === 'AEXPR_DISTINCT') return { A_Expr: { ...node.A_Expr, kind: 'AEXPR_NOT_DISTINCT' } } as Node;
  if (kind === 'AEXPR_NOT_DISTINCT') return { A_Expr: { ...node.A_Expr, kind: 'AEXPR_DISTINCT' } } as Node;
  if (kind !== 'AEXPR_OP' && kind !== 'AEXPR_IN') return undefined;
  const names = namesOf(name);
  const other = others[names.at(-1) ?? ''];
  if (other === undefined || node.A_Expr.lexpr === undefined) return undefined;
  const renamed = [...names.slice(0, -1), other].map((sval) => ({ String: { sval } }));
  return { A_Expr: { ...node.A_Expr, name: renamed } } as Node;
}
