import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/**
 * A role that is declared otherwise.
 *
 * @param attribute as ALTER ROLE takes it: `NOLOGIN`
 */
export function roleAltered(role: string, attribute: string): Fault {
  const name = pg.escapeIdentifier(role);
  return sqlFault({
    kind: 'role-altered',
    object: `${role} ${attribute}`,
    says: `role ${name} is ${attribute}`,
    statement: `ALTER ROLE ${name} ${attribute}`,
  });
}

/** A role that is no longer a member. */
export function membershipRevoked(member: string, roles: readonly string[]): Fault {
  const names = roles.map((role) => pg.escapeIdentifier(role)).join(', ');
  return sqlFault({
    kind: 'membership-revoked',
    object: `${names} from ${member}`,
    says: `role ${pg.escapeIdentifier(member)} is no member of ${names}`,
    statement: `REVOKE ${names} FROM ${pg.escapeIdentifier(member)}`,
  });
}
