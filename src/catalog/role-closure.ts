import type { Catalog, Membership, Role } from './catalog.ts';
import { groupBy, oncePerCatalog } from './once.ts';

const roles = oncePerCatalog((catalog) => new Map(catalog.roles.map((role) => [role.name, role])));
const memberships = oncePerCatalog((catalog) => groupBy(catalog.memberships, ({ member }) => member));

/** The role of a name; undefined for `PUBLIC`, which is none. */
export function roleOf(catalog: Catalog, name: string): Role | undefined {
  return roles(catalog).get(name);
}

/**
 * The role itself first, then every role that a login of that name can become with SET ROLE or has through inheritance:
 * what pg_has_role calls MEMBER. A superuser can become everyone. What a role could grant itself first, by CREATEROLE or
 * as a superuser that it can become, is not followed: look at the attributes of the roles that are here.
 */
export function reachableRoles(catalog: Catalog, role: string): readonly string[] {
  return closure(catalog, role, () => true);
}

/**
 * The role itself first, then every role whose privileges it has without SET ROLE: what pg_has_role calls USAGE. A role
 * with NOINHERIT has those of none, and passes none on; from PostgreSQL 16 on the grant says it instead of the role. A superuser has those of everyone.
 */
export function inheritedRoles(catalog: Catalog, role: string): readonly string[] {
  return closure(
    catalog,
    role,
    ({ member, inherit }) => inherit ?? roleOf(catalog, member)?.inherit === true,
  );
}

function closure(
  catalog: Catalog,
  role: string,
  goesOn: (membership: Membership) => boolean,
): readonly string[] {
  const start = roleOf(catalog, role);
  if (start === undefined) return [];
  if (start.superuser)
    return [role, ...catalog.roles.map(({ name }) => name).filter((name) => name !== role)];
  const reached = new Set([role]);
  // A set takes additions while it is walked, each member once: linear, and safe from cycles.
  for (const member of reached) {
    for (const membership of memberships(catalog).get(member) ?? []) {
      if (goesOn(membership)) reached.add(membership.role);
    }
  }
  return [...reached];
}
