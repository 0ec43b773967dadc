import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** Without USAGE on the schema a grant on what is in it changes nothing. */
function schemaOf(relation: string): string {
  return /^(?:"(?:[^"]|"")*"|[^."]+)(?=\.)/.exec(relation)?.[0] ?? 'public';
}

/** A privilege too many, as GRANT … ON ALL TABLES hands out. `columns` narrows it to those columns. */
export function grantAdded(
  privilege: string,
  relation: string,
  role: string,
  columns: readonly string[] = [],
): Fault {
  const on = columns.length === 0 ? '' : ` (${columns.map(pg.escapeIdentifier).join(', ')})`;
  const to = pg.escapeIdentifier(role);
  return sqlFault({
    kind: 'grant-added',
    object: `${privilege}${on} on ${relation} to ${role}`,
    says: `${role} is granted ${privilege}${on} on ${relation}`,
    statement: `GRANT USAGE ON SCHEMA ${schemaOf(relation)} TO ${to}; GRANT ${privilege}${on} ON ${relation} TO ${to}`,
  });
}
