import { type Catalog, reachableRoles, roleOf } from '../../catalog/index.ts';
import type { FindingCheck, Found } from '../check.ts';
import { requestRoles } from '../evidence/request-roles.ts';
import { quotePart } from '../names.ts';
import { usesRowSecurity } from '../scene.ts';

const server = ['pg_execute_server_program', 'pg_write_server_files'];

/**
 * Roles that policies are written for, and that go past them: by an attribute, or by SET ROLE to a superuser, a role with
 * BYPASSRLS, or an owner, who may switch row security off. A service login with BYPASSRLS that no policy names is meant so.
 */
export const rolesBypass: FindingCheck = {
  id: 'roles.bypass',
  find({ catalog }) {
    if (!usesRowSecurity(catalog)) return [];
    const named = new Set(catalog.policies.flatMap(({ roles }) => roles).filter((name) => name !== 'PUBLIC'));
    const direct = [...named].flatMap((name): readonly Found[] => {
      const role = roleOf(catalog, name);
      const by = role?.superuser ? 'SUPERUSER' : role?.bypassRowSecurity ? 'BYPASSRLS' : undefined;
      if (by === undefined) return [];
      return [
        {
          severity: 'error',
          subject: { kind: 'role', identity: name },
          says: `policies are written for ${name}, which is ${by}`,
          why: 'no policy binds it: it reads and writes every row',
          fix: `ALTER ROLE ${quotePart(name)} NO${by}`,
        },
      ];
    });
    return [...direct, ...requestRoles(catalog).flatMap((name) => throughOthers(catalog, name))];
  },
};

function throughOthers(catalog: Catalog, name: string): readonly Found[] {
  const owners = new Set(
    catalog.relations.filter(({ rowSecurity }) => rowSecurity).map(({ owner }) => owner),
  );
  for (const other of reachableRoles(catalog, name).slice(1)) {
    const role = roleOf(catalog, other);
    const power = role?.superuser
      ? 'a superuser'
      : role?.bypassRowSecurity
        ? 'a role with BYPASSRLS'
        : owners.has(other)
          ? 'the owner of protected tables'
          : server.includes(other)
            ? "a role that runs what it likes as the server's account"
            : undefined;
    if (power === undefined) continue;
    return [
      {
        severity: 'error',
        subject: { kind: 'role', identity: name },
        says: `${name} can become ${other}, ${power}`,
        why: 'SET ROLE, or inheriting its privileges, leads past every policy',
        fix: `REVOKE ${quotePart(other)} FROM ${quotePart(name)}, or from the role between them`,
      },
    ];
  }
  return [];
}
