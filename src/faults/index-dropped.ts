import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/**
 * An index that somebody dropped.
 *
 * @param index `schema.name`, quoted where SQL needs it
 */
export function indexDropped(index: string): Fault {
  return sqlFault({
    kind: 'index-dropped',
    object: index,
    says: `index ${index} is dropped`,
    statement: `DROP INDEX ${index} CASCADE`,
  });
}
