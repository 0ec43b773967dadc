import { privilegesOf } from '../../catalog/index.ts';
import { relation, triggersOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { auditTrail, refusedEvents } from '../evidence/audit-trail.ts';
import { requestRoles } from '../evidence/request-roles.ts';
import { ofRelation } from '../subject.ts';

const events = ['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'] as const;

/**
 * An audited table whose triggers leave an event out. TRUNCATE fires no row trigger, and is told as a note, unless other
 * tables of the same trail record it, or somebody who is no owner may truncate.
 */
export const auditEventMissing: FindingCheck = {
  id: 'audit.event-missing',
  find({ catalog }) {
    const { triggers } = auditTrail(catalog);
    const known = new Map(
      [...triggers].map(([identity, own]) => [identity, new Set(own.flatMap((each) => each.events))]),
    );
    const truncates = [...known.values()].some((recorded) => recorded.has('TRUNCATE'));
    return [...known].flatMap(([identity, recorded]): readonly Found[] => {
      const table = relation(catalog, identity);
      // A partition's row triggers are those of its parent; it is the parent that is told.
      if (table === undefined || table.parent !== null) return [];
      const refused = refusedEvents(catalog, triggersOf(catalog, identity));
      const missing = events.filter((event) => !recorded.has(event) && !refused.has(event));
      if (missing.length === 0) return [];
      const others = [...requestRoles(catalog), 'PUBLIC'].filter((role) =>
        privilegesOf(catalog, identity, role).relation.has('TRUNCATE'),
      );
      const rows = missing.filter((event) => event !== 'TRUNCATE');
      const list = missing.join(', ');
      const statement = rows.length > 0 ? rows.join(' OR ') : 'TRUNCATE';
      return [
        {
          severity: rows.length > 0 || truncates || others.length > 0 ? 'warning' : 'note',
          subject: ofRelation(identity),
          says: `changes of ${identity} are recorded, but not ${list}`,
          why: 'what leaves no record did not happen, as far as the trail can tell',
          fix: `CREATE TRIGGER … AFTER ${statement} ON ${identity} FOR EACH ${rows.length > 0 ? 'ROW' : 'STATEMENT'} EXECUTE FUNCTION …`,
        },
      ];
    });
  },
};
