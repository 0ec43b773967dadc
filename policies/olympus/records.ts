import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { atLeast, memberOf } from './words/organizations.ts';

const archived = never(
  'Archived orders are kept as they are: only the job that archives adds to them.',
  [1741, 1742],
);
const archive = { insert: archived, update: archived, delete: archived } as const;

export const archivedOrders: AccessRules = {
  ...archive,
  table: 'archive.orders',
  key: ['id', 'created_at'],
  lines: [1741, 1741],
  select: {
    says: 'Members read the archived orders of their organizations.',
    by: ['orders_select_policy'],
    where: memberOf('"row".organization_id'),
  },
};

export const archivedOrderItems: AccessRules = {
  ...archive,
  table: 'archive.order_items',
  key: ['id'],
  lines: [1742, 1742],
  select: {
    says: 'Members read the items of the archived orders of their organizations.',
    by: ['order_items_select_policy'],
    where: memberOf('"row".organization_id'),
  },
};

const immutable = never(
  'The audit log is immutable: only its triggers add to it, and nobody changes it.',
  [1449, 1492],
);

export const auditLogs: AccessRules = {
  table: 'audit.logs',
  key: ['id', 'created_at'],
  lines: [1865, 1865],
  select: {
    says: 'Admins and owners read the audit records of their organization.',
    by: ['logs_select_policy'],
    where: atLeast('admin', '"row".organization_id'),
  },
  insert: immutable,
  update: immutable,
  delete: immutable,
};

/** Four times never, for a relation that requests do not reach. */
function unreachable(says: string) {
  const rule = never(says);
  return { select: rule, insert: rule, update: rule, delete: rule } as const;
}

export const organizationMetrics: AccessRules = {
  ...unreachable('Metrics of all tenants together: no request of the application reaches them.'),
  table: 'cache.organization_metrics',
  key: ['organization_id', 'date'],
  lines: [1115, 1131],
};

export const databaseHealth: AccessRules = {
  ...unreachable('How the server does is for its operators: no request of the application reaches it.'),
  table: 'analytics.database_health',
  key: ['database_size'],
  lines: [1784, 1809],
};
