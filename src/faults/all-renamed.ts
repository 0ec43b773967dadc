import type { Fault } from './fault.ts';
import { type Find, foundSql } from './found-sql.ts';

/** Something that is called by name has another one. */
export function allRenamed(object: string, find: Find): Fault {
  return foundSql({ kind: 'all-renamed', object, says: `${object} has another name`, find });
}
