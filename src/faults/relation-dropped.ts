import type { RelationKind } from '../catalog/catalog.ts';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A relation that is not there, and whatever stands on it. */
export function relationDropped(relation: string, kind: RelationKind): Fault {
  const word = kind === 'partitioned table' ? 'table' : kind;
  return sqlFault({
    kind: 'relation-dropped',
    object: relation,
    says: `${kind} ${relation} is dropped`,
    statement: `DROP ${word.toUpperCase()} ${relation} CASCADE`,
  });
}
