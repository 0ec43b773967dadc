import type { Catalog } from '../../catalog/catalog.ts';
import { privilegesOf, reachableRoles, roleOf } from '../../catalog/index.ts';
import { oncePerCatalog } from '../../catalog/once.ts';

const none: ReadonlySet<string> = new Set();

/**
 * The roles that requests come as: logins, what they can become, and roles that policies name, as far as they have a
 * privilege on a relation, own none, and are bound by row security. What is owned by them, or goes past policies by
 * itself, is a job or a person of trust, of whose intent the catalogue says nothing.
 */
export const requestRoles = oncePerCatalog((catalog: Catalog): readonly string[] => {
  const owners = new Set(catalog.relations.map(({ owner }) => owner));
  const logins = catalog.roles.filter(({ login, superuser }) => login && !superuser);
  const candidates = new Set([
    ...logins.flatMap(({ name }) => reachableRoles(catalog, name)),
    ...catalog.policies.flatMap(({ roles }) => roles),
  ]);
  const granted = new Set(
    catalog.grants
      .filter(({ kind }) => kind === 'relation' || kind === 'column')
      .map(({ grantee }) => grantee),
  );
  return [...candidates].sort().filter((name) => {
    const role = roleOf(catalog, name);
    if (role === undefined || role.superuser || role.bypassRowSecurity) return false;
    if (owners.has(name) || name.startsWith('pg_')) return false;
    return granted.has('PUBLIC') || reachableRoles(catalog, name).some((each) => granted.has(each));
  });
});

const usable = oncePerCatalog((catalog: Catalog) => {
  const grants = catalog.grants.filter(({ kind, privilege }) => kind === 'schema' && privilege === 'USAGE');
  const schemas = new Map<string, Set<string>>();
  for (const { object, grantee } of grants) {
    const grantees = schemas.get(object) ?? new Set<string>();
    schemas.set(object, grantees.add(grantee));
  }
  return schemas;
});

/** The schema of an identity, quoted as it is there. */
function schemaOf(identity: string): string {
  return /^(?:"(?:[^"]|"")*"|[^".]+)/.exec(identity)?.[0] ?? '';
}

function mayEnter(catalog: Catalog, identity: string, role: string): boolean {
  const grantees = usable(catalog).get(schemaOf(identity));
  if (grantees === undefined) return false;
  return grantees.has('PUBLIC') || reachableRoles(catalog, role).some((each) => grantees.has(each));
}

const known = oncePerCatalog(() => new Map<string, Map<string, ReadonlySet<string>>>());

/** What a role may do with a relation as a whole or with any column of it, when it may use its schema. */
export function mayDo(catalog: Catalog, identity: string, role: string): ReadonlySet<string> {
  const ofRoles = known(catalog);
  const ofRole = ofRoles.get(role) ?? new Map<string, ReadonlySet<string>>();
  if (ofRole.size === 0) ofRoles.set(role, ofRole);
  const found = ofRole.get(identity) ?? privileges(catalog, identity, role);
  ofRole.set(identity, found);
  return found;
}

function privileges(catalog: Catalog, identity: string, role: string): ReadonlySet<string> {
  if (!mayEnter(catalog, identity, role)) return none;
  const { relation, columns } = privilegesOf(catalog, identity, role);
  return new Set([...relation, ...[...columns.values()].flatMap((each) => [...each])]);
}

/** Request roles that have one of the privileges, on the relation or on a column of it. */
export function requestersOf(
  catalog: Catalog,
  identity: string,
  ...wanted: readonly string[]
): readonly string[] {
  return requestRoles(catalog).filter((role) => {
    const may = mayDo(catalog, identity, role);
    return wanted.some((privilege) => may.has(privilege));
  });
}

export const writes = ['INSERT', 'UPDATE', 'DELETE'] as const;
