import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A role that row security no longer binds, or that can make itself one. */
export function roleStrengthened(
  role: string,
  attribute: 'BYPASSRLS' | 'CREATEROLE' | 'REPLICATION' = 'BYPASSRLS',
): Fault {
  const name = pg.escapeIdentifier(role);
  return sqlFault({
    kind: 'role-strengthened',
    object: `${role} ${attribute}`,
    says: `role ${name} is given ${attribute}`,
    statement: `ALTER ROLE ${name} ${attribute}`,
  });
}
