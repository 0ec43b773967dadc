import pg from 'pg';
import type { Constraint } from '../catalog/catalog.ts';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A foreign key that no longer compares one of its columns: a row may refer to another tenant's. */
export function foreignKeyNarrowed(
  key: Pick<Constraint, 'relation' | 'name' | 'columns' | 'references' | 'referencedColumns'>,
  without: string,
): Fault {
  const name = pg.escapeIdentifier(key.name);
  const kept = key.columns.flatMap((column, place) => (column === without ? [] : [place]));
  const list = (names: readonly string[]) =>
    kept.map((place) => pg.escapeIdentifier(names[place] ?? '')).join(', ');
  const narrow = `FOREIGN KEY (${list(key.columns)}) REFERENCES ${key.references ?? ''} (${list(key.referencedColumns)})`;
  return sqlFault({
    kind: 'foreign-key-narrowed',
    object: `${name} on ${key.relation}`,
    says: `foreign key ${name} on ${key.relation} does not compare ${pg.escapeIdentifier(without)}`,
    statement: `ALTER TABLE ${key.relation} DROP CONSTRAINT ${name}; ALTER TABLE ${key.relation} ADD CONSTRAINT ${name} ${narrow}`,
  });
}

/** A column that refers to a row of any tenant. */
export function foreignKeyAdded(table: string, references: string, type: string): Fault {
  return sqlFault({
    kind: 'foreign-key-added',
    object: `"pgattest any" on ${table}`,
    says: `${table} refers to ${references} of any tenant`,
    statement: `ALTER TABLE ${table} ADD COLUMN "pgattest any" ${type} CONSTRAINT "pgattest any" REFERENCES ${references}`,
  });
}
