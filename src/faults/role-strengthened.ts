import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A role that row security no longer binds. */
export function roleStrengthened(role: string): Fault {
  const name = pg.escapeIdentifier(role);
  return sqlFault({
    kind: 'role-strengthened',
    object: role,
    says: `role ${name} is given BYPASSRLS`,
    statement: `ALTER ROLE ${name} BYPASSRLS`,
  });
}
