import type { Command, Policy } from '../../catalog/catalog.ts';
import type { FindingCheck, Found } from '../check.ts';
import { commands, coversCommand, floorsUnder, tableOf, treeOf } from '../evidence/policy-conditions.ts';
import { constantValue, facetsOf, partsOf } from '../expression.ts';
import { quotePart } from '../names.ts';
import type { Scene } from '../scene.ts';
import { ofPolicy } from '../subject.ts';

/**
 * WITH CHECK that is missing. An INSERT policy without it permits nothing; for UPDATE and ALL, USING stands in, which is
 * wrong where USING lets everyone reach some rows: they were meant to be read, and may be written.
 */
export const policiesInsertWithoutCheck: FindingCheck = {
  id: 'policies.insert-without-check',
  find: (scene) => scene.catalog.policies.flatMap((policy) => findingOf(scene, policy)),
};

function findingOf({ catalog }: Scene, policy: Policy): readonly Found[] {
  const { name, relation, command, withCheck, permissive } = policy;
  if (withCheck !== null || command === 'SELECT' || command === 'DELETE') return [];
  const fix = `ALTER POLICY ${quotePart(name)} ON ${relation} WITH CHECK (…)`;
  const subject = ofPolicy(policy);
  if (command === 'INSERT') {
    const does = permissive ? 'permits nothing' : 'restricts nothing';
    const says = `policy ${name} on ${relation} is for INSERT and has no WITH CHECK`;
    return [{ severity: 'warning', subject, says, why: `without a condition it ${does}`, fix }];
  }
  const tree = treeOf(catalog, policy.using);
  if (!permissive || tree === undefined) return [];
  const table = tableOf(catalog, policy);
  const branches = partsOf(tree, 'OR_EXPR');
  const asks = branches.map((branch) => facetsOf(catalog, branch, table).session);
  const open = branches.filter((branch, at) => !asks[at] && constantValue(branch) === undefined);
  // Where nothing is asked of the session at all, the policy is no reader's policy by mistake.
  if (open.length === 0 || !asks.includes(true) || heldDown(policy)) return [];
  return [
    {
      severity: 'warning',
      subject,
      says: `policy ${name} on ${relation} is for ${command}, has no WITH CHECK, and its USING lets everyone reach some rows`,
      why: 'USING stands in for WITH CHECK: whoever comes may write rows of that kind, not only read them',
      fix: `CREATE POLICY … ON ${relation} FOR SELECT with that branch, and keep it out of ${quotePart(name)}`,
    },
  ];

  function heldDown(of: Policy): boolean {
    return commands
      .filter((each): each is Command => each !== 'SELECT' && coversCommand(of, each))
      .every((each) =>
        floorsUnder(catalog, of, each).some((floor) => {
          const condition = treeOf(catalog, floor.withCheck ?? floor.using);
          return condition !== undefined && facetsOf(catalog, condition, table).session;
        }),
      );
  }
}
