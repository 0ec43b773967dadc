import type { AuditedTable, AuditRules } from 'pgattest';

interface Audited {
  readonly name: string;
  readonly change: AuditedTable['change'];
  readonly secret?: readonly string[];
  /** False for tables without `version`. */
  readonly versioned?: boolean;
}

function audited({ name, change, secret = [], versioned = true }: Audited): AuditedTable {
  return {
    table: `public.${name}`,
    name,
    key: 'id',
    says: `Each row that is added to, changed in or removed from ${name} leaves one record in the activity log.`,
    lines: [465, 465],
    secret,
    ignored: versioned ? ['updated_at', 'version'] : ['updated_at'],
    change,
    triggers: [`audit_${name}`, `audit_${name}_truncate`],
  };
}

/** Another text than the row's. */
const otherText = (column: string) => `md5(coalesce("row".${column}, '') || "row".id::text)`;

/** What the activity log must hold of each audited table. */
export const audit: AuditRules = {
  trail: {
    table: 'public.activity_logs',
    key: ['id', 'created_at'],
    tableName: 'record.entity_type',
    recordId: 'record.entity_id',
    action: 'record.action',
    actor: 'record.user_id',
    oldValues: `(record.details -> 'old')`,
    newValues: `(record.details -> 'new')`,
    changedFields: `ARRAY(SELECT jsonb_array_elements_text(record.details -> 'changed_fields'))`,
    at: 'record.created_at',
  },
  actorAttribute: 'id',
  guards: ['guard_activity_logs', 'guard_activity_logs_truncate'],
  tables: [
    audited({
      name: 'users',
      secret: ['password_hash'],
      versioned: false,
      change: { column: 'name', to: otherText('name') },
    }),
    audited({ name: 'customers', change: { column: 'notes', to: otherText('notes') } }),
    audited({ name: 'jobs', change: { column: 'notes', to: otherText('notes') } }),
    audited({
      name: 'job_assignments',
      change: {
        column: 'client_updated_at',
        to: `coalesce("row".client_updated_at, now()) + interval '1 day'`,
      },
    }),
    audited({ name: 'materials', change: { column: 'notes', to: otherText('notes') } }),
  ],
};
