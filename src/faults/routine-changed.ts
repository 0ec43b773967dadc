import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A function that is not there, and whatever calls it by its object. */
export function routineDropped(identity: string): Fault {
  return sqlFault({
    kind: 'routine-dropped',
    object: identity,
    says: `function ${identity} is dropped`,
    statement: `DROP ROUTINE ${identity} CASCADE`,
  });
}

/**
 * A function that is declared otherwise.
 *
 * @param attribute as ALTER ROUTINE takes it: `SECURITY DEFINER`
 */
export function routineAltered(identity: string, attribute: string): Fault {
  return sqlFault({
    kind: 'routine-altered',
    object: `${identity} ${attribute}`,
    says: `function ${identity} is ${attribute}`,
    statement: `ALTER ROUTINE ${identity} ${attribute}`,
  });
}
