import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A trigger that is there and does nothing. */
export function triggerDisabled(table: string, trigger: string): Fault {
  const name = pg.escapeIdentifier(trigger);
  return sqlFault({
    kind: 'trigger-disabled',
    object: `${name} on ${table}`,
    says: `trigger ${name} on ${table} is disabled`,
    statement: `ALTER TABLE ${table} DISABLE TRIGGER ${name}`,
  });
}
