import type { AuditedTable, AuditRules } from 'pgattest';

interface Audited {
  readonly name: string;
  readonly change: AuditedTable['change'];
  readonly lines?: readonly [number, number];
  readonly secret?: readonly string[];
  readonly ignored?: readonly string[];
  readonly triggers?: readonly string[];
}

/** Kept by triggers: what they change alone is no change. */
const stamped = ['updated_at'];
const versioned = ['updated_at', 'version'];

function audited({
  name,
  change,
  lines = [1494, 1494],
  secret = [],
  ignored = stamped,
  triggers = [`audit_${name}`, `audit_${name}_truncate`],
}: Audited): AuditedTable {
  return {
    table: `core.${name}`,
    name,
    key: 'id',
    says: `Each row that is added to, changed in or removed from core.${name} leaves one record in the audit log.`,
    lines,
    secret,
    ignored,
    change,
    triggers,
  };
}

/** Another text than the row's. */
function otherText(column: string): AuditedTable['change'] {
  return { column, to: `md5(coalesce("row".${column}, '') || "row".id::text)` };
}

/** What the audit log must hold of each audited table. */
export const audit: AuditRules = {
  trail: {
    table: 'audit.logs',
    key: ['id', 'created_at'],
    tableName: 'record.table_name',
    recordId: 'record.record_id',
    action: 'record.action',
    actor: 'record.user_id',
    oldValues: 'record.old_values',
    newValues: 'record.new_values',
    changedFields: 'record.changed_fields',
    at: 'record.created_at',
  },
  actorAttribute: 'id',
  guards: ['guard_logs', 'guard_logs_truncate'],
  tables: [
    audited({ name: 'organizations', ignored: versioned, change: otherText('name') }),
    audited({
      name: 'users',
      ignored: versioned,
      change: otherText('full_name'),
      // TRUNCATE would empty inventory_movements too, whose guard refuses it before audit_users_truncate could record it.
      triggers: ['audit_users'],
    }),
    audited({
      name: 'organization_members',
      secret: ['invitation_token'],
      change: {
        column: 'custom_permissions',
        to: `coalesce("row".custom_permissions, '[]') || '["orders.export"]'`,
      },
    }),
    audited({
      name: 'products',
      lines: [1495, 1497],
      ignored: versioned,
      change: otherText('description'),
    }),
    audited({ name: 'product_variants', change: otherText('name') }),
    audited({ name: 'categories', change: otherText('description') }),
    audited({ name: 'orders', lines: [1499, 1501], change: otherText('internal_notes') }),
    audited({
      name: 'order_items',
      ignored: [],
      change: { column: 'taxable', to: 'NOT "row".taxable' },
    }),
    audited({ name: 'inventory_locations', change: otherText('name') }),
  ],
};
