import type { Catalog, Routine } from '../../catalog/catalog.ts';
import { oncePerCatalog } from '../../catalog/once.ts';
import type { FindingCheck, Found } from '../check.ts';
import { tableOf, treesOf } from '../evidence/policy-conditions.ts';
import { facetsOf } from '../expression.ts';
import { quotePart } from '../names.ts';
import { ofPolicy } from '../subject.ts';
import { namesOf, type Tree } from '../tree.ts';

const byName = oncePerCatalog((catalog: Catalog) => {
  const known = new Map<string, Routine>();
  for (const each of catalog.functions) known.set(JSON.stringify([each.schema, each.name]), each);
  return known;
});

/** A call without columns that is not in a subquery runs once a row; as `(SELECT f())` it is an InitPlan and runs once. */
export const policiesNotInitplan: FindingCheck = {
  id: 'policies.not-initplan',
  find: ({ catalog }) =>
    catalog.policies.flatMap((policy): readonly Found[] => {
      const table = tableOf(catalog, policy);
      const calls = treesOf(catalog, policy).flatMap((tree) => callsOutside(tree));
      const found = calls.find(({ funcname, args }) => {
        const routine = byName(catalog).get(JSON.stringify(namesOf(funcname)));
        return (
          routine !== undefined &&
          isCostly(routine) &&
          facetsOf(catalog, args ?? [], table).columns.size === 0
        );
      });
      if (found === undefined) return [];
      const call = namesOf(found.funcname).map(quotePart).join('.');
      return [
        {
          severity: 'warning',
          subject: ofPolicy(policy),
          says: `policy ${policy.name} on ${policy.relation} calls ${call}() for each row`,
          why: 'its answer is the same for every row of a statement, and a scan pays for each call',
          fix: `ALTER POLICY ${quotePart(policy.name)} ON ${policy.relation}: (SELECT ${call}(…))`,
        },
      ];
    }),
};

/** Simple SQL functions are inlined, and immutable ones folded; a volatile one would not be called once by a subquery's promise. */
function isCostly({ language, securityDefiner, settings, volatility }: Routine): boolean {
  if (volatility === 'immutable') return false;
  return language !== 'sql' || securityDefiner || settings.length > 0;
}

/** Calls that are not inside a subquery. */
function callsOutside(tree: unknown): readonly Tree[] {
  const calls: Tree[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) walk(each);
    else if (typeof value === 'object' && value !== null) {
      for (const [kind, fields] of Object.entries(value)) {
        if (kind === 'subselect') continue;
        if (kind === 'FuncCall') calls.push(fields as Tree);
        walk(fields);
      }
    }
  };
  walk(tree);
  return calls;
}
