import { policiesOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { appliesTo, commands, coversCommand } from '../evidence/policy-conditions.ts';
import { mayDo, requestRoles } from '../evidence/request-roles.ts';
import { rootTables } from '../scene.ts';
import { ofRelation } from '../subject.ts';

/** A privilege says that a role may, and row security says that it never can: one of them was forgotten. */
export const policiesCommandWithoutPolicy: FindingCheck = {
  id: 'policies.command-without-policy',
  find: ({ catalog }) =>
    rootTables(catalog)
      .filter(({ rowSecurity }) => rowSecurity)
      .flatMap(({ identity }) => {
        const permissive = policiesOf(catalog, identity).filter((policy) => policy.permissive);
        if (permissive.length === 0) return [];
        return requestRoles(catalog).flatMap((role): readonly Found[] => {
          const may = mayDo(catalog, identity, role);
          const lacking = commands.filter(
            (command) =>
              may.has(command) &&
              !permissive.some(
                (policy) => coversCommand(policy, command) && appliesTo(catalog, policy, role),
              ),
          );
          if (lacking.length === 0) return [];
          const list = lacking.join(', ');
          return [
            {
              severity: 'warning',
              subject: ofRelation(identity),
              says: `${role} is granted ${list} on ${identity}, and no policy permits it`,
              why: 'SELECT, UPDATE and DELETE silently do nothing, INSERT fails',
              fix: `CREATE POLICY … ON ${identity} FOR ${lacking[0]} TO ${role} …, or REVOKE ${list} ON ${identity} FROM ${role}`,
            },
          ];
        });
      }),
};
