import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A constraint that somebody dropped; foreign keys that stand on it go with it. */
export function constraintDropped(table: string, constraint: string): Fault {
  const name = pg.escapeIdentifier(constraint);
  return sqlFault({
    kind: 'constraint-dropped',
    object: `${name} on ${table}`,
    says: `constraint ${name} on ${table} is dropped`,
    statement: `ALTER TABLE ${table} DROP CONSTRAINT ${name} CASCADE`,
  });
}
