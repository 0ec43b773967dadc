import type { Catalog, Trigger } from '../../catalog/catalog.ts';
import { relation, triggersOf } from '../../catalog/lookup.ts';
import type { FindingCheck, Found } from '../check.ts';
import { auditTrail } from '../evidence/audit-trail.ts';
import { requestRoles } from '../evidence/request-roles.ts';
import { quotePart } from '../names.ts';
import { ofTrigger } from '../subject.ts';

const setsSql = /* sql */ `
  SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(a.grantee) END AS role
  FROM pg_catalog.pg_parameter_acl AS p CROSS JOIN pg_catalog.aclexplode(p.paracl) AS a
  WHERE p.parname = 'session_replication_role'`;

/** Audit triggers that are there, and do not fire for every change. */
export const auditTriggerWeak: FindingCheck = {
  id: 'audit.trigger-weak',
  needs: 'SELECT on pg_parameter_acl',
  async find({ catalog, query, version }) {
    const own = [...auditTrail(catalog).triggers.values()].flat();
    const setters = version < 150_000 ? [] : (await query(setsSql)).map(({ role }) => String(role));
    const requests = new Set(['PUBLIC', ...requestRoles(catalog)]);
    const setter = setters.find((role) => requests.has(role));
    return own.flatMap((trigger): readonly Found[] => {
      const weakness = weaknessOf(catalog, trigger, setter);
      if (weakness === undefined) return [];
      const table = trigger.relation;
      return [
        {
          ...weakness,
          subject: ofTrigger(trigger),
          says: `audit trigger ${trigger.name} on ${table} ${weakness.says}`,
        },
      ];
    });
  },
};

type Weakness = Omit<Found, 'subject'>;

function weaknessOf(catalog: Catalog, trigger: Trigger, setter: string | undefined): Weakness | undefined {
  const { relation: table, name, enabled, when, columns, level } = trigger;
  const alter = `ALTER TABLE ${table} ENABLE`;
  const parent = relation(catalog, table)?.parent;
  if (enabled === 'disabled' || enabled === 'replica') {
    const says = enabled === 'disabled' ? 'is disabled' : 'fires for replicated changes alone';
    const above = parent == null ? undefined : triggersOf(catalog, parent).find((each) => each.name === name);
    const unlike = trigger.inherited && above !== undefined && above.enabled !== enabled;
    return {
      severity: 'error',
      says: `${says}${unlike ? `, unlike that of ${parent}` : ''}`,
      why: 'changes leave no record',
      fix: `${alter} TRIGGER ${quotePart(name)}`,
    };
  }
  if (enabled === 'origin' && setter !== undefined) {
    return {
      severity: 'error',
      says: `is not ENABLE ALWAYS, and ${setter} may set session_replication_role`,
      why: 'with session_replication_role = replica it does not fire',
      fix: `${alter} ALWAYS TRIGGER ${quotePart(name)}`,
    };
  }
  if (trigger.inherited || level === 'STATEMENT') return undefined;
  if (columns.length > 0) {
    return {
      severity: 'warning',
      says: `fires for UPDATE OF ${columns.join(', ')} alone`,
      why: 'changes of the other columns leave no record',
      fix: `CREATE OR REPLACE TRIGGER ${quotePart(name)} … ON ${table} without a list of columns`,
    };
  }
  if (when === null || isAnyChange(when)) return undefined;
  return {
    severity: 'warning',
    says: `fires only WHEN ${when}`,
    why: 'changes of other rows leave no record',
    fix: `CREATE OR REPLACE TRIGGER ${quotePart(name)} … ON ${table} without WHEN`,
  };
}

/** `old.* IS DISTINCT FROM new.*` leaves out what changes nothing. */
function isAnyChange(when: string): boolean {
  return /^\(*(?:old|new)\.\* (?:IS DISTINCT FROM|\*?<>) (?:old|new)\.\*\)*$/i.test(when.trim());
}
