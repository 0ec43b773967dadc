import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** An extension that is not installed, and whatever stands on it. */
export function extensionDropped(extension: string): Fault {
  const name = pg.escapeIdentifier(extension);
  return sqlFault({
    kind: 'extension-dropped',
    object: extension,
    says: `extension ${name} is not installed`,
    statement: `DROP EXTENSION ${name} CASCADE`,
  });
}
