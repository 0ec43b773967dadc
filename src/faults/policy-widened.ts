import pg from 'pg';
import type { Policy } from '../catalog/catalog.ts';
import type { Fault } from './fault.ts';
import { sqlFault } from './sql-fault.ts';

/** A policy that lets everything through: its USING and WITH CHECK, whichever its command has, are `true`. */
export function policyWidened(policy: Policy): Fault {
  const name = pg.escapeIdentifier(policy.name);
  const using = policy.command === 'INSERT' ? '' : ' USING (true)';
  const check = policy.command === 'SELECT' || policy.command === 'DELETE' ? '' : ' WITH CHECK (true)';
  return sqlFault({
    kind: 'policy-widened',
    object: `${name} on ${policy.relation}`,
    says: `policy ${name} on ${policy.relation} is true for every row`,
    statement: `ALTER POLICY ${name} ON ${policy.relation}${using}${check}`,
  });
}
