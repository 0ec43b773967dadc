import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A partition that is missing: maintenance that did not run. */
export function partitionDetached(parent: string, partition: string): Fault {
  return sqlFault({
    kind: 'partition-detached',
    object: `${partition} of ${parent}`,
    says: `partition ${partition} of ${parent} is missing`,
    statement: `ALTER TABLE ${parent} DETACH PARTITION ${partition}`,
  });
}
