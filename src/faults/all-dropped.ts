import type { Fault } from './fault.ts';
import { type Find, foundSql } from './found-sql.ts';

/** Everything that does what one would do is dropped together: each would do it alone. */
export function allDropped(object: string, find: Find): Fault {
  return foundSql({ kind: 'all-dropped', object, says: `${object} is dropped, whatever it is called`, find });
}
