import { policiesOf } from '../../catalog/index.ts';
import type { Fault } from '../../faults/fault.ts';
import { faults } from '../../faults/index.ts';
import type { CheckContext } from '../check.ts';
import { ident, type Target } from './target.ts';

/**
 * A further permissive policy, as somebody adds for a special case. Restrictive ones go: beside them it would let through nothing that
 * they keep back.
 *
 * @param says whom it lets read everything
 * @param before what it needs
 */
export function hole(
  context: CheckContext,
  target: Target,
  policy: string,
  says: string,
  before = '',
): Fault {
  const table = target.relation.identity;
  const restrictive = policiesOf(context.catalog, table).filter(
    ({ permissive, command }) => !permissive && (command === 'SELECT' || command === 'ALL'),
  );
  const drops = restrictive.map(({ name }) => `DROP POLICY ${ident(name)} ON ${table}; `);
  return faults.sql(
    `a policy on ${table} for ${says}`,
    `a further policy on ${table} lets ${says} read everything`,
    `${drops.join('')}${before}${policy}`,
  );
}

/** The policy itself, by its condition. */
export function holeIn(target: Target, condition: string): string {
  return `CREATE POLICY "pgattest hole" ON ${target.relation.identity} FOR SELECT USING (${condition})`;
}
