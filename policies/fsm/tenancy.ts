import type { Design } from 'pgattest';

const unitOfOrder = (id: string) =>
  `(SELECT placed.business_unit_id::text FROM fsm.service_orders AS placed WHERE placed.id = ${id})`;

const ofUnit = '"row".business_unit_id::text';

/** The tenants of the field service are its units. Countries and sales systems are of none. */
export const tenancy: NonNullable<Design['tenancy']> = {
  tables: {
    'fsm.business_units': '"row".id::text',
    'fsm.stores': ofUnit,
    'fsm.user_scopes': ofUnit,
    'fsm.business_unit_sales_systems': ofUnit,
    'fsm.sales_channel_configurations': ofUnit,
    'fsm.sales_pre_estimations': ofUnit,
    'fsm.projects': ofUnit,
    'fsm.project_ownership_history':
      '(SELECT begun.business_unit_id::text FROM fsm.projects AS begun WHERE begun.id = "row".project_id)',
    'fsm.service_orders': ofUnit,
    'fsm.sales_system_integration_events': unitOfOrder('"row".service_order_id'),
    'fsm.sales_potential_assessments': unitOfOrder('"row".service_order_id'),
    'fsm.risk_assessments': unitOfOrder('"row".service_order_id'),
  },
  actorTenants: `
    SELECT unit.id::text FROM fsm.business_units AS unit
    WHERE EXISTS (SELECT FROM fsm.user_scopes AS mine WHERE mine.user_id = actor.id
        AND (mine.business_unit_id = unit.id
          OR (mine.business_unit_id IS NULL AND mine.country_code = unit.country_code)))
      OR EXISTS (SELECT FROM auth.user_roles AS assignment JOIN auth.roles AS granted ON granted.id = assignment.role_id
        WHERE assignment.user_id = actor.id AND granted.name = 'admin')`,
  oracles: [
    {
      constraint: 'idx_service_orders_sales_order_unique',
      reason:
        'A line of a sales order is served once, whichever unit serves it: the refusal is the promise. It tells no unit.',
    },
  ],
};
