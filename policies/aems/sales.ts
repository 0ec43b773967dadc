import type { AccessRules } from 'pgattest';
import { isUser, manager, writer } from './words/actor.ts';
import {
  addedBy,
  changedByManagers,
  changedByUsers,
  readBesidesManagers,
  softDeleted,
} from './words/domain.ts';

export const salesMetrics: AccessRules = {
  table: 'sales.sales_metrics',
  key: ['id'],
  lines: [289, 310],
  select: {
    says: 'The staff of a tenant read its sales metrics, managers the deleted ones too.',
    where: readBesidesManagers(),
  },
  insert: { says: 'Managers add sales metrics of their tenant.', where: addedBy(manager) },
  update: {
    says: 'Managers change the sales metrics of their tenant.',
    columns: [
      'metric_date',
      'period_type',
      'total_revenue',
      'pipeline_value',
      'deals_closed',
      'deals_lost',
      'win_rate',
      'customer_acquisition_cost',
      'customer_lifetime_value',
      'churn_rate',
      'deleted_at',
    ],
    ...changedByManagers,
  },
  delete: softDeleted,
  try: { deleted_at: ['now()'] },
};

export const customers: AccessRules = {
  table: 'sales.customers',
  key: ['id'],
  lines: [313, 339],
  select: {
    says: 'The staff of a tenant read its customers, managers the deleted ones too.',
    lines: [1063, 1066],
    where: readBesidesManagers(),
  },
  insert: { says: 'Users and managers add customers of their tenant.', where: addedBy(writer) },
  update: {
    says: 'Users change the customers of their tenant, managers also delete and restore them.',
    columns: [
      'company_name',
      'contact_email',
      'contact_phone',
      'industry',
      'company_size',
      'territory',
      'customer_segment',
      'acquisition_date',
      'lifetime_value',
      'total_revenue',
      'last_purchase_date',
      'status',
      'billing_address',
      'custom_fields',
      'deleted_at',
    ],
    ...changedByUsers(),
  },
  delete: softDeleted,
};

export const salesPipeline: AccessRules = {
  table: 'sales.sales_pipeline',
  key: ['id'],
  lines: [342, 362],
  select: {
    says: 'The staff of a tenant read its opportunities, managers the deleted ones too.',
    where: readBesidesManagers(),
  },
  insert: { says: 'Users and managers add opportunities of their tenant.', where: addedBy(writer) },
  update: {
    says: 'Users change the opportunities that they represent and may hand them over; managers change, delete and restore every one.',
    columns: [
      'customer_id',
      'opportunity_name',
      'stage',
      'value',
      'probability',
      'expected_close_date',
      'actual_close_date',
      'sales_rep',
      'source',
      'status',
      'notes',
      'deleted_at',
    ],
    ...changedByUsers([isUser('"old".sales_rep')]),
  },
  delete: softDeleted,
};
