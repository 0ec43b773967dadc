import type { Node } from '@pgsql/types';
import { places, sameTree } from './tree.ts';

/**
 * Whether one condition cannot be true without the other, as far as AND and OR tell; what stands between them is taken as it is
 * written. True is certain, false is not.
 */
export function implies(one: Node, other: Node): boolean {
  if (sameTree(one, other) || isConstant(other, true) || isConstant(one, false)) return true;
  if (isNarrower(one, other)) return true;
  const [left, right] = [operandsOf(one), operandsOf(other)];
  if (right?.all === true) return right.operands.every((operand) => implies(one, operand));
  if (left?.all === false) return left.operands.every((operand) => implies(operand, other));
  return (
    (right?.operands.some((operand) => implies(one, operand)) ?? false) ||
    (left?.operands.some((operand) => implies(operand, other)) ?? false)
  );
}

type SubLinkNode = Extract<Node, { SubLink: unknown }>;

/** The same subquery of IN or EXISTS, but that it asks more of its rows. */
function isNarrower(one: Node, other: Node): boolean {
  if (!('SubLink' in one) || !('SubLink' in other)) return false;
  if (!['EXISTS_SUBLINK', 'ANY_SUBLINK'].includes(one.SubLink.subLinkType ?? '')) return false;
  const [inner, outer] = [rowsOf(one), rowsOf(other)];
  if (inner === undefined || outer === undefined || inner.where === undefined) return false;
  if (!sameTree(inner.rest, outer.rest)) return false;
  return outer.where === undefined || implies(inner.where, outer.where);
}

/** WHERE of a subquery and all else of it; undefined for one that gives other rows when it finds fewer. */
function rowsOf({
  SubLink,
}: SubLinkNode): { readonly where: Node | undefined; readonly rest: Node } | undefined {
  const { subselect } = SubLink;
  if (subselect === undefined || !('SelectStmt' in subselect)) return undefined;
  const { whereClause, ...select } = subselect.SelectStmt;
  const { limitCount, limitOffset, groupClause, havingClause, larg, targetList } = select;
  const plain = [limitCount, limitOffset, groupClause, havingClause, larg].every(
    (part) => part === undefined,
  );
  // One of them may be an aggregate.
  const calls = [...places(targetList ?? [])].some(({ node }) => 'FuncCall' in node);
  if (!plain || calls) return undefined;
  return { where: whereClause, rest: { SubLink: { ...SubLink, subselect: { SelectStmt: select } } } as Node };
}

/** Operands of AND (all must be true) or OR. */
function operandsOf(node: Node): { readonly all: boolean; readonly operands: readonly Node[] } | undefined {
  if (!('BoolExpr' in node) || node.BoolExpr.boolop === 'NOT_EXPR') return undefined;
  return { all: node.BoolExpr.boolop === 'AND_EXPR', operands: node.BoolExpr.args ?? [] };
}

function isConstant(node: Node, value: boolean): boolean {
  if (!('A_Const' in node)) return false;
  const { boolval } = node.A_Const as { boolval?: { boolval?: boolean } };
  return boolval !== undefined && (boolval.boolval === true) === value;
}
