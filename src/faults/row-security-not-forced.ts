import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** FORCE taken away: the owner of the table sees every row. */
export function rowSecurityNotForced(table: string): Fault {
  return sqlFault({
    kind: 'row-security-not-forced',
    object: table,
    says: `row security of ${table} does not bind its owner`,
    statement: `ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`,
  });
}
