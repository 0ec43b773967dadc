import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** Whatever SQL breaks, in the words of whoever wrote it. */
export function freeSql(object: string, says: string, statement: string): Fault {
  return sqlFault({ kind: 'sql', object, says, statement });
}
