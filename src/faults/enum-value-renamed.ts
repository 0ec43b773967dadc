import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** An enum that calls a value otherwise. */
export function enumValueRenamed(type: string, value: string): Fault {
  return sqlFault({
    kind: 'enum-value-renamed',
    object: `${pg.escapeLiteral(value)} of ${type}`,
    says: `${type} calls ${pg.escapeLiteral(value)} otherwise`,
    statement: `ALTER TYPE ${type} RENAME VALUE ${pg.escapeLiteral(value)} TO ${pg.escapeLiteral('pgattest odd')}`,
  });
}
