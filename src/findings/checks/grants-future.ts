import { groupBy } from '../../catalog/once.ts';
import type { FindingCheck, Found } from '../check.ts';
import { requestRoles } from '../evidence/request-roles.ts';
import { quotePart } from '../names.ts';
import { usesRowSecurity } from '../scene.ts';

const onRows = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']);

/** A new table has no row security; when it is granted at birth, it is open until somebody remembers. */
export const grantsFuture: FindingCheck = {
  id: 'grants.future',
  find({ catalog }) {
    if (!usesRowSecurity(catalog)) return [];
    const requests = new Set(['PUBLIC', ...requestRoles(catalog)]);
    const given = catalog.defaultPrivileges.filter(
      ({ kind, grantee, privilege }) => kind === 'table' && requests.has(grantee) && onRows.has(privilege),
    );
    const groups = groupBy(given, ({ owner, schema, grantee }) => JSON.stringify([owner, schema, grantee]));
    return [...groups.values()].flatMap((entries): readonly Found[] => {
      const [first] = entries;
      if (first === undefined) return [];
      const { owner, schema, grantee } = first;
      const privileges = entries.map(({ privilege }) => privilege).join(', ');
      const to = grantee === 'PUBLIC' ? grantee : quotePart(grantee);
      const where = schema === null ? '' : ` IN SCHEMA ${quotePart(schema)}`;
      return [
        {
          severity: 'warning',
          subject: {
            kind: 'default privilege',
            identity: schema === null ? owner : quotePart(schema),
            name: grantee,
          },
          says: `tables that ${owner} makes${schema === null ? '' : ` in ${schema}`} are granted to ${grantee} at once: ${privileges}`,
          why: 'a new table has no row security, so it is open until somebody switches it on',
          fix: `ALTER DEFAULT PRIVILEGES FOR ROLE ${quotePart(owner)}${where} REVOKE ${privileges} ON TABLES FROM ${to}`,
        },
      ];
    });
  },
};
