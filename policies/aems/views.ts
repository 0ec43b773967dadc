import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { all } from '../saas/words/logic.ts';
import { inTenant, staff } from './words/actor.ts';

const readOnly = never('Nobody writes through a view.');
const view = { insert: readOnly, update: readOnly, delete: readOnly } as const;

export const executiveDashboard: AccessRules = {
  ...view,
  table: 'analytics.executive_dashboard',
  key: ['tenant_id'],
  lines: [978, 998],
  select: {
    says: 'The staff of a tenant read its row of the dashboard.',
    where: all(inTenant('"row"'), staff),
  },
};

export const customerSegments: AccessRules = {
  ...view,
  table: 'analytics.customer_segments',
  key: ['tenant_id', 'customer_segment'],
  lines: [1000, 1011],
  select: {
    says: 'The staff of a tenant read its customer segments.',
    where: all(inTenant('"row"'), staff),
  },
};
