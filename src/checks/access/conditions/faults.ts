import type { Policy } from '../../../catalog/catalog.ts';
import { inheritedRoles } from '../../../catalog/index.ts';
import type { Fault } from '../../../faults/fault.ts';
import { faults } from '../../../faults/index.ts';
import type { CheckContext } from '../../check.ts';
import { ident, targetOf } from '../target.ts';
import { isOpen } from './parts.ts';

/** Nobody makes this setting. */
const never = `pg_catalog.current_setting('pgattest.nobody', true) = 'sets this'`;

/**
 * For each table, one of its policies with an exception that no row and no actor meets, as somebody adds for a case that the
 * data has not; and once, a policy that says what another says already.
 */
export function coverageFaults(context: CheckContext): readonly Fault[] {
  const roles = new Set(['PUBLIC', ...inheritedRoles(context.catalog, context.design.request.role)]);
  const met = context.design.access.flatMap(({ table }) => {
    const target = targetOf(context, table);
    const policy = context.catalog.policies.find(
      (each) =>
        each.relation === table &&
        each.roles.some((role) => roles.has(role)) &&
        isMet(each, (command) => isOpen(target, command)),
    );
    return policy === undefined ? [] : [policy];
  });
  const [first] = met;
  return [...met.map(excepted), ...(first === undefined ? [] : [doubled(first)])];
}

function isMet(
  { command }: Policy,
  open: (command: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE') => boolean,
): boolean {
  return command === 'ALL' ? (['SELECT', 'UPDATE', 'DELETE'] as const).some(open) : open(command);
}

function excepted({ relation, name, command, using, withCheck }: Policy): Fault {
  const clause = command === 'INSERT' ? 'WITH CHECK' : 'USING';
  const text = (command === 'INSERT' ? withCheck : using) ?? 'true';
  return faults.sql(
    `exception in ${ident(name)} on ${relation}`,
    `policy ${ident(name)} on ${relation} makes an exception that no row and no actor meets`,
    `ALTER POLICY ${ident(name)} ON ${relation} ${clause} ((${text}) OR ${never})`,
  );
}

function doubled({ relation, name, command, roles, permissive, using, withCheck }: Policy): Fault {
  const to = roles.map((role) => (role === 'PUBLIC' ? role : ident(role))).join(', ');
  return faults.sql(
    `${ident(name)} on ${relation} twice`,
    `a second policy on ${relation} says what ${ident(name)} says, so that neither decides alone`,
    `CREATE POLICY "pgattest twice" ON ${relation} AS ${permissive ? 'PERMISSIVE' : 'RESTRICTIVE'} FOR ${command} TO ${to}
     ${using === null ? '' : `USING (${using})`} ${withCheck === null ? '' : `WITH CHECK (${withCheck})`}`,
  );
}
