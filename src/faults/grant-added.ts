import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A privilege too many, as GRANT … ON ALL TABLES hands out. `columns` narrows it to those columns. */
export function grantAdded(
  privilege: string,
  relation: string,
  role: string,
  columns: readonly string[] = [],
): Fault {
  const on = columns.length === 0 ? '' : ` (${columns.map(pg.escapeIdentifier).join(', ')})`;
  return sqlFault({
    kind: 'grant-added',
    object: `${privilege}${on} on ${relation} to ${role}`,
    says: `${role} is granted ${privilege}${on} on ${relation}`,
    statement: `GRANT ${privilege}${on} ON ${relation} TO ${pg.escapeIdentifier(role)}`,
  });
}
