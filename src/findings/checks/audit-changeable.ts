import { constraintsOf, privilegesOf, relation, roleOf, triggersOf } from '../../catalog/index.ts';
import type { FindingCheck, Found } from '../check.ts';
import { auditTrail, refusedEvents } from '../evidence/audit-trail.ts';
import { mayDo, requestRoles } from '../evidence/request-roles.ts';
import { quotePart } from '../names.ts';
import { ofRelation } from '../subject.ts';

const changes = ['UPDATE', 'DELETE', 'TRUNCATE'] as const;

/** Records that requests or their owner can change, that a foreign key changes, or that anybody can write. */
export const auditChangeable: FindingCheck = {
  id: 'audit.changeable',
  find: ({ catalog }) =>
    [...auditTrail(catalog).records].sort().flatMap((identity): readonly Found[] => {
      const table = relation(catalog, identity);
      if (table === undefined) return [];
      const refused = refusedEvents(catalog, triggersOf(catalog, identity));
      const subject = ofRelation(identity);
      const found: Found[] = [];
      for (const role of requestRoles(catalog)) {
        const may = new Set([
          ...mayDo(catalog, identity, role),
          ...privilegesOf(catalog, identity, role).relation,
        ]);
        const able = changes.filter((change) => may.has(change) && !refused.has(change));
        if (able.length > 0) {
          found.push({
            severity: 'error',
            subject,
            says: `${role} may ${able.join(', ')} on the records in ${identity}, and no trigger refuses it`,
            why: 'a trail that those whom it watches can change proves nothing',
            fix: `REVOKE ${able.join(', ')} ON ${identity} FROM ${quotePart(role)}, and a BEFORE trigger that raises`,
          });
        }
        if (may.has('INSERT')) {
          found.push({
            severity: 'warning',
            subject,
            says: `${role} may INSERT records into ${identity} by hand`,
            why: 'records can be forged; the triggers need not write as the request',
            fix: `REVOKE INSERT ON ${identity} FROM ${quotePart(role)}, and make the trigger functions SECURITY DEFINER`,
          });
        }
      }
      const owner = roleOf(catalog, table.owner);
      const open = changes.filter((change) => !refused.has(change));
      if (owner?.login === true && !owner.superuser && open.length > 0) {
        found.push({
          severity: 'warning',
          subject,
          says: `${table.owner}, the owner of ${identity}, is a login and may ${open.join(', ')} its records`,
          why: 'whoever comes as the owner can rewrite the trail',
          fix: `CREATE TRIGGER … BEFORE ${open.join(' OR ')} ON ${identity} … a function that raises; ENABLE ALWAYS`,
        });
      }
      for (const { kind, name, onDelete, references } of constraintsOf(catalog, identity)) {
        if (kind !== 'foreign key' || !['CASCADE', 'SET NULL', 'SET DEFAULT'].includes(onDelete ?? ''))
          continue;
        found.push({
          severity: 'warning',
          subject,
          says: `foreign key ${name} of ${identity} does ${onDelete} when a row of ${references} is deleted`,
          why:
            onDelete === 'CASCADE'
              ? 'records go with what they are about'
              : 'records forget whom they are about',
          fix: `ALTER TABLE ${identity} DROP CONSTRAINT ${quotePart(name)}: records outlive what they name`,
        });
      }
      return found;
    }),
};
