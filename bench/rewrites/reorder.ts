import type { Node } from '@pgsql/types';
import { deparseExpression, parseExpression, places, replaceAt } from '../../src/mutation/tree.ts';
import { clausesOf, ident, objectOf, placeOf, type Rewrite, type Way } from './rewrite.ts';

/** The operands of every AND and OR of policies, those in subqueries too, the other way round; grants given again in another order. */
export const reorder: Way = {
  name: 'reorder',
  rewrites: ({ catalog, design }) => {
    const policies = catalog.policies.flatMap((policy): Rewrite[] => {
      const [using, withCheck] = [policy.using, policy.withCheck].map((text) =>
        text === null ? null : reversed(text),
      );
      if (using === policy.using && withCheck === policy.withCheck) return [];
      const clauses = clausesOf({ using: using ?? null, withCheck: withCheck ?? null });
      return [{ object: objectOf(policy), statement: `ALTER POLICY ${placeOf(policy)}${clauses}` }];
    });
    const role = design.request.role;
    const ofRole = catalog.grants.filter(
      ({ grantee, kind, grantable }) =>
        grantee === role && !grantable && (kind === 'relation' || kind === 'column'),
    );
    const grants = [...new Set(ofRole.map(({ object }) => object))].flatMap((object): Rewrite[] => {
      const own = ofRole.filter((grant) => grant.object === object).toReversed();
      if (own.length < 2) return [];
      const what = own.map(({ privilege, column }) =>
        column === null ? privilege : `${privilege} (${ident(column)})`,
      );
      const statement = what.map((each) => `REVOKE ${each} ON ${object} FROM ${ident(role)}; `).join('');
      const again = what.map((each) => `GRANT ${each} ON ${object} TO ${ident(role)}`).join('; ');
      return [{ object: `grants on ${object}`, statement: statement + again }];
    });
    return [...policies, ...grants];
  },
};

/** The text itself where there is nothing to turn round. */
function reversed(text: string): string {
  const root = parseExpression(text);
  let turned = root;
  // The innermost last: what is turned round outside keeps what stands in it, but not where.
  const joins = [...places(root)].filter(({ node }) => isJoin(node)).toReversed();
  for (const { path } of joins) {
    const node = path.reduce<unknown>(
      (at, key) => (at as Record<string | number, unknown>)[key],
      turned,
    ) as Node;
    if (!('BoolExpr' in node)) continue;
    const args = (node.BoolExpr.args ?? []).toReversed();
    turned = replaceAt(turned, path, { BoolExpr: { ...node.BoolExpr, args } });
  }
  return joins.length === 0 ? text : deparseExpression(turned);
}

const isJoin = (node: Node): boolean => 'BoolExpr' in node && node.BoolExpr.boolop !== 'NOT_EXPR';
