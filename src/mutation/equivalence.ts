import type { Catalog, Policy } from '../catalog/catalog.ts';
import { inheritedRoles, privilegesOf } from '../catalog/index.ts';
import { mentionedColumns } from '../checks/access/predicate.ts';
import { commands } from './mutant.ts';
import type { Source } from './source.ts';

/**
 * Why it makes no difference that a policy is for everyone: whoever else has a privilege on the table is not bound by policies, or
 * is its owner, who can take them off.
 */
export function noOthers(catalog: Catalog, policy: Policy): string | undefined {
  const owner = catalog.relations.find(({ identity }) => identity === policy.relation)?.owner;
  const wanted = policy.command === 'ALL' ? commands : [policy.command];
  const others = catalog.roles.filter(
    ({ name, superuser, bypassRowSecurity }) =>
      name !== owner &&
      !superuser &&
      !bypassRowSecurity &&
      !policy.roles.some((role) => inheritedRoles(catalog, name).includes(role)) &&
      !name.startsWith('pg_'),
  );
  const holders = [...others.map(({ name }) => name), 'PUBLIC'].filter((name) =>
    holdsAny(catalog, policy.relation, name, wanted),
  );
  if (holders.length > 0) return undefined;
  return `no role that policies bind, but those that it is for, may ${wanted.join(', ')} on ${policy.relation}`;
}

/** Why it makes no difference that a policy is for all commands: the request role has no privilege for the others. */
export function noOtherCommands({ catalog, design }: Source, policy: Policy): string | undefined {
  const others = commands.filter((command) => command !== policy.command);
  const held = others.filter((command) => holdsAny(catalog, policy.relation, design.request.role, [command]));
  if (held.length > 0) return undefined;
  return `${design.request.role} may do nothing on ${policy.relation} but ${policy.command}`;
}

/** Why it makes no difference what an UPDATE policy asks of the new row: it has nothing in it that the old one had not. */
export function nothingToCheck({ catalog, design }: Source, policy: Policy): string | undefined {
  const { command, relation, using, withCheck } = policy;
  if (command !== 'UPDATE' || using === null || (withCheck !== null && withCheck !== using)) return undefined;
  const held = privilegesOf(catalog, relation, design.request.role);
  const mentioned = mentionedColumns(using);
  if ([...mentioned].some((column) => held.columns.get(column)?.has('UPDATE') === true)) return undefined;
  return `${design.request.role} may change no column of ${relation} that USING looks at`;
}

function holdsAny(catalog: Catalog, relation: string, role: string, wanted: readonly string[]): boolean {
  const held = privilegesOf(catalog, relation, role);
  const all = [held.relation, ...held.columns.values()];
  return wanted.some((command) => all.some((privileges) => privileges.has(command)));
}
