import type { Catalog, Command, Policy } from '../../catalog/catalog.ts';
import { inheritedRoles } from '../../catalog/index.ts';
import { policiesOf, relation } from '../../catalog/lookup.ts';
import { oncePerCatalog } from '../../catalog/once.ts';
import { conditionOf, type Node } from '../expression.ts';

export const commands = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'] as const;

const trees = oncePerCatalog(() => new Map<string, Node | undefined>());

/** The tree of a condition; each text is parsed once. */
export function treeOf(catalog: Catalog, text: string | null): Node | undefined {
  if (text === null) return undefined;
  const known = trees(catalog);
  if (!known.has(text)) known.set(text, conditionOf(text));
  return known.get(text);
}

/** The conditions of a policy as the server uses them: where WITH CHECK is missing, USING stands in. */
export function conditionsOf(policy: Policy): { readonly old: string | null; readonly new: string | null } {
  const writes = policy.command !== 'SELECT' && policy.command !== 'DELETE';
  return {
    old: policy.command === 'INSERT' ? null : policy.using,
    new: writes ? (policy.withCheck ?? policy.using) : null,
  };
}

/** The distinct conditions of a policy, as trees. */
export function treesOf(catalog: Catalog, policy: Policy): readonly Node[] {
  const { old, new: fresh } = conditionsOf(policy);
  return [...new Set([old, fresh])].map((text) => treeOf(catalog, text)).filter((tree) => tree !== undefined);
}

export function coversCommand(policy: Policy, command: Command): boolean {
  return policy.command === 'ALL' || policy.command === command;
}

/** Whether a policy applies to a role: it names PUBLIC, the role, or one that the role inherits from. */
export function appliesTo(catalog: Catalog, { roles }: Policy, role: string): boolean {
  return roles.includes('PUBLIC') || inheritedRoles(catalog, role).some((each) => roles.includes(each));
}

/** Whether every role of `narrow` is also one of `wide`, so that both bind whoever `narrow` binds. */
export function bindsAll(catalog: Catalog, wide: Policy, narrow: Policy): boolean {
  return (
    wide.roles.includes('PUBLIC') ||
    narrow.roles.every((role) => role !== 'PUBLIC' && appliesTo(catalog, wide, role))
  );
}

/** Restrictive policies that bind everyone whom `policy` lets in, for a command. */
export function floorsUnder(catalog: Catalog, policy: Policy, command: Command): readonly Policy[] {
  return policiesOf(catalog, policy.relation).filter(
    (each) => !each.permissive && coversCommand(each, command) && bindsAll(catalog, each, policy),
  );
}

/** Name of the policy's table as a subquery of it is printed. */
export function tableOf(catalog: Catalog, policy: Policy): string {
  return relation(catalog, policy.relation)?.name ?? '';
}
