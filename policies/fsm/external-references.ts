import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { any, type Condition } from '../saas/words/logic.ts';
import { systemAdmin } from '../saas/words/people.ts';
import { scopedIn } from './words/scopes.ts';

/**
 * The mapping is of a type, and of an id that a column of a table holds in a unit in which the actor is scoped. Type and id
 * are one condition: ids of the three types never coincide, so the type alone decides nothing.
 */
function refersTo(type: 'SERVICE_ORDER' | 'PROJECT' | 'CUSTOMER', table: string, column: string): Condition {
  return `(("row".fsm_entity_type, "row".fsm_entity_id) IN (
  SELECT '${type}', entity.${column} FROM ${table} AS entity WHERE ${scopedIn('entity.business_unit_id')}))`;
}

const integrationOnly = never('Only the integration maps references of other systems.');

export const externalReferences: AccessRules = {
  table: 'fsm.external_reference_mappings',
  key: ['id'],
  lines: [2029, 2038],
  select: {
    says: 'Who is scoped in an open unit reads to what its orders, its projects and their customers refer elsewhere; system admins read all.',
    where: any(
      refersTo('SERVICE_ORDER', 'fsm.service_orders', 'id'),
      refersTo('PROJECT', 'fsm.projects', 'id'),
      refersTo('CUSTOMER', 'fsm.service_orders', 'customer_id'),
      refersTo('CUSTOMER', 'fsm.projects', 'customer_id'),
      systemAdmin,
    ),
  },
  insert: integrationOnly,
  update: integrationOnly,
  delete: integrationOnly,
};
