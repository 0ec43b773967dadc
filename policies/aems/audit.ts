import type { AuditedTable, AuditRules } from 'pgattest';

/** Another text than the row's, and another number. */
const otherText = (column: string): AuditedTable['change'] => ({
  column,
  to: `md5(coalesce("row".${column}, '') || "row".id::text)`,
});
const more = (column: string): AuditedTable['change'] => ({ column, to: `"row".${column} + 1` });

interface Audited {
  readonly schema: 'auth' | 'sales' | 'finance' | 'hr' | 'products' | 'risk';
  readonly name: string;
  readonly lines: readonly [number, number];
  readonly change: AuditedTable['change'];
  readonly secret?: readonly string[];
}

function audited({ schema, name, lines, change, secret = [] }: Audited): AuditedTable {
  return {
    table: `${schema}.${name}`,
    name,
    key: 'id',
    says: `Each row that is added to, changed in or removed from ${schema}.${name} leaves one record in the audit log.`,
    lines,
    secret,
    // Only tables of a service have `updated_by`.
    ignored: schema === 'auth' ? ['updated_at'] : ['updated_at', 'updated_by'],
    change,
    triggers: [`audit_${name}`, `audit_${name}_truncate`],
  };
}

const signIn: readonly AuditedTable[] = [
  audited({ schema: 'auth', name: 'tenants', lines: [189, 200], change: otherText('name') }),
  audited({
    schema: 'auth',
    name: 'users',
    lines: [211, 231],
    secret: ['password_hash'],
    change: otherText('first_name'),
  }),
  audited({
    schema: 'auth',
    name: 'user_mfa',
    lines: [251, 262],
    secret: ['secret_key', 'backup_codes'],
    change: { column: 'is_enabled', to: 'NOT "row".is_enabled' },
  }),
  audited({
    schema: 'auth',
    name: 'oauth_connections',
    lines: [265, 280],
    secret: ['access_token', 'refresh_token'],
    change: otherText('provider_email'),
  }),
];

const services: readonly AuditedTable[] = [
  audited({ schema: 'sales', name: 'sales_metrics', lines: [289, 310], change: more('total_revenue') }),
  audited({ schema: 'sales', name: 'customers', lines: [313, 339], change: otherText('territory') }),
  audited({ schema: 'sales', name: 'sales_pipeline', lines: [342, 362], change: otherText('notes') }),
  audited({ schema: 'finance', name: 'finance_metrics', lines: [369, 393], change: more('cash_flow') }),
  audited({ schema: 'finance', name: 'budget_plans', lines: [396, 416], change: otherText('notes') }),
  audited({
    schema: 'finance',
    name: 'expense_transactions',
    lines: [419, 442],
    change: otherText('description'),
  }),
  audited({ schema: 'hr', name: 'hr_metrics', lines: [449, 474], change: more('training_hours') }),
  audited({
    schema: 'hr',
    name: 'employees',
    lines: [477, 509],
    secret: ['salary'],
    change: otherText('location'),
  }),
  audited({ schema: 'hr', name: 'recruitment_pipeline', lines: [512, 539], change: otherText('notes') }),
  audited({ schema: 'products', name: 'products', lines: [546, 574], change: otherText('description') }),
  audited({ schema: 'products', name: 'inventory_levels', lines: [577, 597], change: more('stock_value') }),
  audited({
    schema: 'products',
    name: 'product_performance',
    lines: [600, 620],
    change: more('review_count'),
  }),
  audited({
    schema: 'risk',
    name: 'risk_assessments',
    lines: [627, 649],
    change: otherText('mitigation_plan'),
  }),
  audited({
    schema: 'risk',
    name: 'compliance_records',
    lines: [652, 670],
    change: otherText('remediation_plan'),
  }),
];

/** What the audit log must hold of each audited table. */
export const audit: AuditRules = {
  trail: {
    table: 'risk.audit_logs',
    key: ['id', 'timestamp'],
    tableName: 'record.entity_type',
    recordId: 'record.entity_id',
    action: 'record.action',
    actor: 'record.user_id',
    oldValues: 'record.old_values',
    newValues: 'record.new_values',
    changedFields: 'record.changed_fields',
    at: 'record.timestamp',
  },
  actorAttribute: 'user_id',
  guards: ['guard_audit_logs', 'guard_audit_logs_truncate'],
  tables: [...signIn, ...services],
};
