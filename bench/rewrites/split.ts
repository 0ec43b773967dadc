import type { Node } from '@pgsql/types';
import type { Policy } from '../../src/catalog/catalog.ts';
import { deparseExpression, parseExpression } from '../../src/mutation/tree.ts';
import { createPolicy, objectOf, placeOf, type Rewrite, type Way } from './rewrite.ts';

/**
 * A permissive policy USING (a OR b) as two, one for each, and a restrictive one USING (a AND b). Where an OR stands beside other
 * conditions, (a OR b) AND c, it is multiplied out first.
 */
export const split: Way = {
  name: 'split',
  rewrites: ({ catalog }) =>
    catalog.policies.flatMap((policy): Rewrite[] => {
      const parts = partsOf(policy);
      if (parts.length < 2) return [];
      const created = parts.map((part, index) =>
        createPolicy({
          ...policy,
          ...part,
          name: index === 0 ? policy.name : `${policy.name.slice(0, 50)} part ${index + 1}`,
        }),
      );
      return [
        { object: objectOf(policy), statement: [`DROP POLICY ${placeOf(policy)}`, ...created].join('; ') },
      ];
    }),
};

/** One of the two is split, the other goes with each: permissive policies join USING and WITH CHECK apart. */
function partsOf(policy: Policy): readonly Partial<Policy>[] {
  const using = policy.using === null ? [] : operands(policy.using, policy.permissive);
  if (using.length > 1) return using.map((text) => ({ using: text }));
  const withCheck = policy.withCheck === null ? [] : operands(policy.withCheck, policy.permissive);
  return withCheck.length > 1 ? withCheck.map((text) => ({ withCheck: text })) : [];
}

function operands(text: string, permissive: boolean): readonly string[] {
  const nodes = permissive
    ? disjuncts(parseExpression(text))
    : partsJoinedBy('AND_EXPR', parseExpression(text));
  // More than a handful are no longer what anybody would write.
  return nodes.length > 6 ? [] : nodes.map(deparseExpression);
}

/** Of (a OR b) AND c: a AND c, b AND c. */
function disjuncts(node: Node): readonly Node[] {
  const parts = partsJoinedBy('OR_EXPR', node);
  if (parts.length > 1) return parts;
  const conjuncts = partsJoinedBy('AND_EXPR', node);
  const at = conjuncts.findIndex((each) => partsJoinedBy('OR_EXPR', each).length > 1);
  const chosen = conjuncts[at];
  if (chosen === undefined) return [node];
  return partsJoinedBy('OR_EXPR', chosen).map((part) => ({
    BoolExpr: { boolop: 'AND_EXPR', args: conjuncts.with(at, part) },
  }));
}

function partsJoinedBy(boolop: 'AND_EXPR' | 'OR_EXPR', node: Node): readonly Node[] {
  return 'BoolExpr' in node && node.BoolExpr.boolop === boolop ? (node.BoolExpr.args ?? []) : [node];
}
