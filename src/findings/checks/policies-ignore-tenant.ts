import type { Command, Policy } from '../../catalog/catalog.ts';
import { relation } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { commands, coversCommand, floorsUnder, tableOf, treeOf } from '../evidence/policy-conditions.ts';
import { requestersOf, requestRoles } from '../evidence/request-roles.ts';
import { comparedWithSession, tenantColumnsOf } from '../evidence/tenant-columns.ts';
import { constantValue, facetsOf, kindOf, partsOf } from '../expression.ts';
import { quotePart } from '../names.ts';
import type { Scene } from '../scene.ts';
import { ofPolicy } from '../subject.ts';

/**
 * A branch of a permissive policy that does not look at the tenant column, nor ask anything of the session but whether
 * somebody is there. What asks for a role of the session (`is_admin()`) is taken as meant.
 */
export const policiesIgnoreTenant: FindingCheck = {
  id: 'policies.ignore-tenant',
  find: (scene) =>
    scene.catalog.policies
      .filter((policy) => policy.permissive && relation(scene.catalog, policy.relation)?.rowSecurity === true)
      .flatMap((policy) => findingOf(scene, policy)),
};

function findingOf(scene: Scene, policy: Policy): readonly Found[] {
  const { catalog, of } = scene;
  const { compared } = comparedWithSession(catalog, policy.relation);
  const [tenant] = tenantColumnsOf(catalog, policy.relation).filter(
    (column) => compared.has(column) || of === 'database',
  );
  if (tenant === undefined) return [];
  const table = tableOf(catalog, policy);
  const silent = of === 'document' && requestRoles(catalog).length === 0;
  const open = commands
    .filter((command) => coversCommand(policy, command))
    .map((command) => ({ command, gap: gapOf(command) }))
    .filter(({ gap }) => gap !== undefined)
    .filter(({ command }) => silent || requestersOf(catalog, policy.relation, command).length > 0)
    .filter(({ command }) => !floorsUnder(catalog, policy, command).some((floor) => looksAt(floor, command)));
  const [first] = open;
  if (first === undefined) return [];
  const writes = open.some(({ command }) => command !== 'SELECT');
  const anybody = open.some(({ gap }) => gap === 'anybody');
  return [
    {
      severity: writes || anybody ? 'warning' : 'note',
      subject: ofPolicy(policy),
      says: `policy ${policy.name} on ${policy.relation} lets rows through, for ${open.map(({ command }) => command).join(', ')}, whatever their ${tenant}`,
      why: `rows are divided by ${tenant}, and this branch asks ${anybody ? 'only whether somebody is signed in' : 'nothing of who is there'}`,
      fix: `ALTER POLICY ${quotePart(policy.name)} ON ${policy.relation}: add ${quotePart(tenant)} = …, or a restrictive policy that does`,
    },
  ];

  function looksAt(floor: Policy, command: Command): boolean {
    const tree = treeOf(catalog, command === 'INSERT' ? (floor.withCheck ?? floor.using) : floor.using);
    if (tree === undefined) return false;
    const { columns, session } = facetsOf(catalog, tree, table);
    return session && columns.has(tenant ?? '');
  }

  /** What a branch that lets every tenant's rows through asks instead; undefined where there is none. */
  function gapOf(command: Command): 'nothing' | 'anybody' | undefined {
    const text = command === 'INSERT' ? (policy.withCheck ?? policy.using) : policy.using;
    const tree = treeOf(catalog, text);
    if (tree === undefined || constantValue(tree) !== undefined) return undefined;
    for (const branch of partsOf(tree, 'OR_EXPR')) {
      const parts = partsOf(branch, 'AND_EXPR');
      const asking = parts.filter((part) => facetsOf(catalog, part, table).session);
      if (facetsOf(catalog, branch, table).columns.has(tenant ?? '')) continue;
      if (constantValue(branch) !== undefined) continue;
      if (asking.length === 0) return 'nothing';
      if (asking.every(isPresence)) return 'anybody';
    }
    return undefined;
  }
}

/** `current_user_id() IS NOT NULL` */
function isPresence(part: unknown): boolean {
  const [kind, { nulltesttype }] = kindOf(part);
  return kind === 'NullTest' && nulltesttype === 'IS_NOT_NULL';
}
