import type { AuditedTable, AuditRules } from 'pgattest';

/** Another text than the row's, and another time. */
const otherText = (column: string) => `md5(coalesce("row".${column}, '') || "row".id::text)`;
const laterTime = (column: string) => `coalesce("row".${column}, now()) + interval '1 day'`;

interface Audited {
  readonly schema: 'auth' | 'app';
  readonly name: string;
  readonly change: AuditedTable['change'];
  readonly lines?: readonly [number, number];
  readonly secret?: readonly string[];
  /** False for tables without `updated_at`. */
  readonly stamped: boolean;
}

function audited({ schema, name, change, lines, secret = [], stamped }: Audited): AuditedTable {
  return {
    table: `${schema}.${name}`,
    name,
    key: 'id',
    says: `Each row that is added to, changed in or removed from ${schema}.${name} leaves one record in the audit log.`,
    ...(lines === undefined ? {} : { lines }),
    secret,
    ignored: stamped ? ['updated_at'] : [],
    change,
    triggers: [`audit_${name}`],
  };
}

/** What the audit log must hold of each audited table. */
export const audit: AuditRules = {
  trail: {
    table: 'audit.audit_log',
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
  guards: ['guard_audit_log', 'guard_audit_log_truncate'],
  tables: [
    audited({
      schema: 'auth',
      name: 'users',
      lines: [620, 622],
      secret: ['password_hash'],
      stamped: true,
      change: { column: 'first_name', to: otherText('first_name') },
    }),
    audited({
      schema: 'auth',
      name: 'roles',
      stamped: true,
      change: { column: 'description', to: otherText('description') },
    }),
    audited({
      schema: 'auth',
      name: 'user_roles',
      stamped: false,
      change: { column: 'expires_at', to: laterTime('expires_at') },
    }),
    audited({
      schema: 'app',
      name: 'organizations',
      lines: [624, 625],
      stamped: true,
      change: { column: 'description', to: otherText('description') },
    }),
    audited({
      schema: 'app',
      name: 'organization_members',
      stamped: false,
      change: { column: 'joined_at', to: laterTime('joined_at') },
    }),
    audited({
      schema: 'app',
      name: 'projects',
      lines: [627, 628],
      stamped: true,
      change: { column: 'description', to: otherText('description') },
    }),
    audited({
      schema: 'app',
      name: 'tasks',
      stamped: true,
      change: { column: 'description', to: otherText('description') },
    }),
    audited({
      schema: 'app',
      name: 'comments',
      stamped: true,
      change: { column: 'content', to: otherText('content') },
    }),
    audited({
      schema: 'app',
      name: 'attachments',
      stamped: false,
      change: { column: 'deleted_at', to: laterTime('deleted_at') },
    }),
  ],
};
