import pg from 'pg';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A column that is not there, and whatever stands on it. */
export function columnDropped(table: string, column: string): Fault {
  return sqlFault({
    kind: 'column-dropped',
    object: `${table}.${pg.escapeIdentifier(column)}`,
    says: `column ${pg.escapeIdentifier(column)} of ${table} is dropped`,
    statement: `ALTER TABLE ${table} DROP COLUMN ${pg.escapeIdentifier(column)} CASCADE`,
  });
}

/**
 * A column of another type. It is a new one under the old name: to change the type would rewrite the table, and views and
 * policies forbid it.
 */
export function columnRetyped(table: string, column: string, type: string): Fault {
  const name = pg.escapeIdentifier(column);
  return sqlFault({
    kind: 'column-retyped',
    object: `${table}.${name}`,
    says: `column ${name} of ${table} is ${type}`,
    statement: `ALTER TABLE ${table} RENAME COLUMN ${name} TO "pgattest was"; ALTER TABLE ${table} ADD COLUMN ${name} ${type}`,
  });
}

/** A column without something that it had. */
export function columnLoosened(
  table: string,
  column: string,
  without: 'NOT NULL' | 'DEFAULT' | 'IDENTITY' | 'EXPRESSION',
): Fault {
  const name = pg.escapeIdentifier(column);
  return sqlFault({
    kind: 'column-loosened',
    object: `${table}.${name} ${without}`,
    says: `column ${name} of ${table} has no ${without}`,
    statement: `ALTER TABLE ${table} ALTER COLUMN ${name} DROP ${without}`,
  });
}
