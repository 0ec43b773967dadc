import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/**
 * A trigger that is there and does nothing. `alsoOn` are partitions with a trigger of the same name of their own: those for
 * statements are not clones, and each would stop the statement alone.
 */
export function triggerDisabled(table: string, trigger: string, alsoOn: readonly string[] = []): Fault {
  const name = pg.escapeIdentifier(trigger);
  return sqlFault({
    kind: 'trigger-disabled',
    object: `${name} on ${table}`,
    says: `trigger ${name} on ${table} is disabled`,
    statement: [table, ...alsoOn].map((on) => `ALTER TABLE ${on} DISABLE TRIGGER ${name}`).join('; '),
  });
}
