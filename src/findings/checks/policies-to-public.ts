import { policiesOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { appliesTo, commands, coversCommand } from '../evidence/policy-conditions.ts';
import { mayDo, requestRoles } from '../evidence/request-roles.ts';
import { quotePart } from '../names.ts';
import { rootTables } from '../scene.ts';
import { ofPolicy } from '../subject.ts';

/** A policy without TO is for everyone. It is told when it lets in a role that the table's other policies leave out. */
export const policiesToPublic: FindingCheck = {
  id: 'policies.to-public',
  find: ({ catalog }) =>
    rootTables(catalog)
      .filter(({ rowSecurity }) => rowSecurity)
      .flatMap(({ identity }) => {
        const permissive = policiesOf(catalog, identity).filter((policy) => policy.permissive);
        const named = permissive.filter(({ roles }) => !roles.includes('PUBLIC'));
        if (named.length === 0 || named.length === permissive.length) return [];
        return permissive
          .filter(({ roles }) => roles.includes('PUBLIC'))
          .flatMap((policy): readonly Found[] => {
            const covered = commands.filter((command) => coversCommand(policy, command));
            const others = requestRoles(catalog).filter(
              (role) =>
                !named.some((each) => appliesTo(catalog, each, role)) &&
                covered.some((command) => mayDo(catalog, identity, role).has(command)),
            );
            if (others.length === 0) return [];
            const meant = [...new Set(named.flatMap(({ roles }) => roles))];
            return [
              {
                severity: 'warning',
                subject: ofPolicy(policy),
                says: `policy ${policy.name} on ${identity} is for everyone, so ${others.join(', ')} too; the others are for ${meant.join(', ')}`,
                why: 'a policy without TO is for every role, those to come included',
                fix: `ALTER POLICY ${quotePart(policy.name)} ON ${identity} TO ${meant.map(quotePart).join(', ')}`,
              },
            ];
          });
      }),
};
