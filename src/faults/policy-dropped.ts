import pg from 'pg';
import type { Policy } from '../catalog/catalog.ts';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A policy that somebody forgot. */
export function policyDropped(policy: Pick<Policy, 'name' | 'relation'>): Fault {
  const name = pg.escapeIdentifier(policy.name);
  return sqlFault({
    kind: 'policy-dropped',
    object: `${name} on ${policy.relation}`,
    says: `policy ${name} on ${policy.relation} is dropped`,
    statement: `DROP POLICY ${name} ON ${policy.relation}`,
  });
}
