import type { AuditedTable, AuditRules } from 'pgattest';
import { audit as generic } from '../saas/audit.ts';

/** Another text than the row's, and another time. */
const otherText = (column: string) => `md5(coalesce("row".${column}, '') || "row".id::text)`;
const laterTime = (column: string) => `coalesce("row".${column}, now()) + interval '1 day'`;

interface Audited {
  readonly name: string;
  readonly change: AuditedTable['change'];
  readonly lines: readonly [number, number];
  readonly secret?: readonly string[];
  /** False for tables without `updated_at`. */
  readonly stamped?: boolean;
  /** True where emptying the table is recorded; elsewhere the trails that refer to it refuse that. */
  readonly emptied?: boolean;
}

function audited({
  name,
  change,
  lines,
  secret = [],
  stamped = true,
  emptied = false,
}: Audited): AuditedTable {
  return {
    table: `fsm.${name}`,
    // With the schema: the generic application has a table of the name projects too.
    name: `fsm.${name}`,
    key: 'id',
    says: `Each row that is added to, changed in or removed from fsm.${name} leaves one record in the audit log.`,
    lines,
    secret,
    ignored: stamped ? ['updated_at'] : [],
    change,
    triggers: [`audit_${name}`, ...(emptied ? [`audit_${name}_truncate`] : [])],
  };
}

const change = (column: string, to = otherText(column)) => ({ column, to });

/** What the audit log of the generic application must hold of each audited table of field service. */
export const audit: AuditRules = {
  ...generic,
  tables: [
    audited({ name: 'countries', lines: [1560, 1570], change: change('name') }),
    audited({ name: 'business_units', lines: [1579, 1590], change: change('name') }),
    audited({ name: 'stores', lines: [1596, 1610], change: change('name') }),
    audited({
      name: 'sales_systems',
      lines: [1621, 1636],
      secret: ['configuration'],
      change: change('description'),
    }),
    audited({
      name: 'business_unit_sales_systems',
      lines: [1642, 1653],
      secret: ['configuration'],
      change: change('priority', 'coalesce("row".priority, 0) + 1'),
    }),
    audited({
      name: 'sales_channel_configurations',
      lines: [1784, 1815],
      emptied: true,
      change: change('sla_p1_hours', 'coalesce("row".sla_p1_hours, 0) + 1'),
    }),
    audited({ name: 'service_orders', lines: [1664, 1733], change: change('product_name') }),
    audited({ name: 'projects', lines: [1890, 1906], change: change('project_name') }),
    audited({
      name: 'external_reference_mappings',
      lines: [2056, 2056],
      stamped: false,
      emptied: true,
      change: change('external_reference_id'),
    }),
    audited({
      name: 'user_scopes',
      lines: [1552, 1554],
      emptied: true,
      change: change('expires_at', laterTime('expires_at')),
    }),
  ],
};
