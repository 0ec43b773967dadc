import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { any } from '../saas/words/logic.ts';
import { systemAdmin } from '../saas/words/people.ts';
import { scopedIn, scopedInUnitOfOrder } from './words/scopes.ts';

/** The integration and the jobs write these, which are no requests. */
function writtenElsewhere(says: string) {
  const nobody = never(says);
  return { insert: nobody, update: nobody, delete: nobody } as const;
}

export const integrationEvents: AccessRules = {
  ...writtenElsewhere('Only the integration records what came from sales systems.'),
  table: 'fsm.sales_system_integration_events',
  key: ['id'],
  lines: [1825, 1837],
  select: {
    says: 'Managers of an open unit read the events of its orders; system admins read all, also those without an order.',
    where: any(scopedInUnitOfOrder('"row".service_order_id', 'manager'), systemAdmin),
  },
};

export const preEstimations: AccessRules = {
  ...writtenElsewhere('Only sales systems bring pre-estimations.'),
  table: 'fsm.sales_pre_estimations',
  key: ['sales_system_id', 'id'],
  lines: [1965, 1978],
  select: {
    says: 'Who is scoped in an open unit reads the pre-estimations for it; system admins read all.',
    where: any(scopedIn('"row".business_unit_id'), systemAdmin),
  },
};

const ofOrder = {
  ...writtenElsewhere('Only jobs assess orders, and nobody changes an assessment.'),
  key: ['id'],
  select: {
    says: 'Who is scoped in the open unit of an order reads its assessments; system admins read all.',
    where: any(scopedInUnitOfOrder('"row".service_order_id'), systemAdmin),
  },
} as const;

export const potentialAssessments: AccessRules = {
  ...ofOrder,
  table: 'fsm.sales_potential_assessments',
  lines: [1989, 1998],
};

export const riskAssessments: AccessRules = {
  ...ofOrder,
  table: 'fsm.risk_assessments',
  lines: [2008, 2018],
};
