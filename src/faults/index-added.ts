import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/**
 * An index that is there already, once more.
 *
 * @param elements as CREATE INDEX takes them
 */
export function indexAdded(table: string, elements: string): Fault {
  return sqlFault({
    kind: 'index-added',
    object: `"pgattest twin" on ${table}`,
    says: `${table} has one more index on ${elements}`,
    statement: `CREATE INDEX "pgattest twin" ON ${table} (${elements})`,
  });
}
