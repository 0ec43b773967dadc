import { relation } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { requestersOf, requestRoles } from '../evidence/request-roles.ts';
import { viewReads } from '../evidence/view-reads.ts';
import { quotePart } from '../names.ts';
import { usesRowSecurity } from '../scene.ts';
import { ofRelation } from '../subject.ts';

/** Materialized views hold rows of protected tables, foreign tables rows of elsewhere; neither can have policies. */
export const exposed: FindingCheck = {
  id: 'exposed.materialized-or-foreign',
  async find(scene) {
    const { catalog, of } = scene;
    if (!usesRowSecurity(catalog)) return [];
    const reads = await viewReads(scene);
    const silent = of === 'document' && requestRoles(catalog).length === 0;
    return catalog.relations.flatMap(({ identity, kind }): readonly Found[] => {
      const over = kind === 'materialized view' ? protectedBelow(identity) : [];
      if (over.length === 0 && kind !== 'foreign table') return [];
      const roles = requestersOf(catalog, identity, 'SELECT');
      if (roles.length === 0 && !(silent && over.length > 0)) return [];
      return [
        {
          severity: silent ? 'note' : over.length > 0 ? 'error' : 'warning',
          subject: ofRelation(identity),
          says:
            over.length > 0
              ? `${identity} holds rows of ${over.join(', ')}, whatever their row security says${silent ? '' : `, and ${roles.join(', ')} may read it`}`
              : `${identity} is a foreign table, and ${roles.join(', ')} may read it`,
          why: `a ${kind} cannot have row security: everybody who may read it reads every row`,
          fix: silent
            ? `grant ${identity} to nobody, or read it through a view with a condition of its own`
            : `REVOKE SELECT ON ${identity} FROM ${roles.map(quotePart).join(', ')}; grant a view with a condition of its own`,
        },
      ];
    });

    function protectedBelow(identity: string): readonly string[] {
      const seen = new Set([identity]);
      const found: string[] = [];
      for (const each of seen) {
        for (const base of reads.get(each) ?? []) {
          if (relation(catalog, base)?.rowSecurity === true && !seen.has(base)) found.push(base);
          seen.add(base);
        }
      }
      return found;
    }
  },
};
