import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** Row-level security switched off: the policies are there and do nothing. */
export function rowSecurityOff(table: string): Fault {
  return sqlFault({
    kind: 'row-security-off',
    object: table,
    says: `row security of ${table} is switched off`,
    statement: `ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`,
  });
}
