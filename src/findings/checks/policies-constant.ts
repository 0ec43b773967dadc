import type { Policy } from '../../catalog/catalog.ts';
import { policiesOf, relation } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import {
  bindsAll,
  commands,
  conditionsOf,
  coversCommand,
  floorsUnder,
  treeOf,
} from '../evidence/policy-conditions.ts';
import { requestersOf, requestRoles } from '../evidence/request-roles.ts';
import { tenantColumnsOf } from '../evidence/tenant-columns.ts';
import { constantValue } from '../expression.ts';
import { quotePart } from '../names.ts';
import type { Scene } from '../scene.ts';
import { ofPolicy } from '../subject.ts';

/**
 * A condition that is true for every row. Reference data is often read by everyone, on purpose, so a policy for SELECT is
 * told only where the rows belong to somebody, or where it makes another policy of the table pointless.
 */
export const policiesConstant: FindingCheck = {
  id: 'policies.constant',
  find: (scene) =>
    scene.catalog.policies
      .filter((policy) => relation(scene.catalog, policy.relation)?.rowSecurity === true)
      .flatMap((policy) => findingOf(scene, policy)),
};

function findingOf({ catalog, of }: Scene, policy: Policy): readonly Found[] {
  const { name, relation: table, permissive } = policy;
  const isTrue = (text: string | null) => {
    const tree = treeOf(catalog, text);
    return tree !== undefined && constantValue(tree) === true;
  };
  const { old, new: fresh } = conditionsOf(policy);
  const [reads, writes] = [isTrue(old), isTrue(fresh)];
  if (!reads && !writes) return [];
  const subject = ofPolicy(policy);
  if (!permissive) {
    if ((old !== null && !reads) || (fresh !== null && !writes)) return [];
    const says = `restrictive policy ${name} on ${table} is always true`;
    const why = 'it restricts nothing';
    return [{ severity: 'warning', subject, says, why, fix: `DROP POLICY ${quotePart(name)} ON ${table}` }];
  }
  const concerned = commands
    .filter((command) => coversCommand(policy, command))
    .filter((command) => (command === 'INSERT' ? writes : command === 'UPDATE' ? reads || writes : reads))
    .filter((command) => floorsUnder(catalog, policy, command).length === 0)
    .filter(
      (command) =>
        (of === 'document' && requestRoles(catalog).length === 0) ||
        requestersOf(catalog, table, command).length > 0,
    );
  if (concerned.length === 0) return [];
  const others = policiesOf(catalog, table).filter(
    (each) =>
      each !== policy &&
      each.permissive &&
      bindsAll(catalog, policy, each) &&
      concerned.some((command) => coversCommand(each, command)),
  );
  const owned = tenantColumnsOf(catalog, table).length > 0;
  const changes = concerned.filter((command) => command !== 'SELECT');
  if (changes.length === 0 && !owned && others.length === 0) return [];
  const part = reads && writes && old !== fresh ? 'both conditions' : reads ? 'USING' : 'WITH CHECK';
  const beside =
    others.length === 0
      ? ''
      : `; permissive policies are joined by OR, so ${others[0]?.name} restricts nothing`;
  return [
    {
      severity: owned || changes.includes('DELETE') ? 'error' : 'warning',
      subject,
      says: `policy ${name} on ${table}: ${part} is always true, for ${concerned.join(', ')}${beside}`,
      why: 'whoever has the privilege passes with any row',
      fix: `ALTER POLICY ${quotePart(name)} ON ${table} ${part === 'WITH CHECK' ? 'WITH CHECK' : 'USING'} (…) with what is meant`,
    },
  ];
}
