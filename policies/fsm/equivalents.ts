import { because, type Equivalents } from '../equivalents.ts';

const since = because('fsm.fsm');

/** Changes of access and audit that nobody could see, and why. */
export const equivalentMutants: Equivalents = [
  // Policies for all commands: what their condition gives, the policies of the other commands give as well.
  ...since(
    'who may add such a row may read and change it as well, and nobody has the privilege to delete it',
    'projects.projects_insert_policy/command-widened/1',
    'service_orders.service_orders_insert_policy/command-widened/1',
    'stores.stores_insert_policy/command-widened/1',
  ),
  ...since(
    'who may change a store may read and add it as well, and nobody has the privilege to delete it',
    'stores.stores_update_policy/command-widened/1',
  ),
  ...since(
    'the policies for adding, changing and deleting have one condition, and that for reading gives more',
    'sales_channel_configurations.sales_channel_configurations_insert_policy/command-widened/1',
    'sales_channel_configurations.sales_channel_configurations_update_policy/command-widened/1',
    'sales_channel_configurations.sales_channel_configurations_delete_policy/command-widened/1',
  ),
  // New rows
  ...since(
    'USING has asked for the same of the unit, which nobody may change',
    'projects.projects_update_policy/conjunct-removed/3',
  ),
  // Triggers
  ...since(
    'only app_service and superusers write there, who read and change all orders and projects themselves',
    'check_external_reference()/security-invoker/1',
    'sync_risk()/security-invoker/1',
    'sync_sales_potential()/security-invoker/1',
  ),
  ...since(
    'OLD is NULL on INSERT: a project without anybody responsible is let go early, and would be let go later',
    'check_operator()/condition-true/1',
  ),
  ...since(
    'a comparison with NULL refuses nothing either, and the column is NOT NULL',
    'check_status_transition()/conjunct-removed/1',
  ),
  ...since(
    'NULL is distinct from the id of the live user without whom the policy lets nobody change an order',
    'guard_service_orders()/disjunct-removed/1',
    'guard_service_orders()/column-swapped/5',
    'guard_service_orders()/column-swapped/6',
  ),
  ...since(
    'it reads no table, and who acts is a setting, the same for its owner',
    'keep_assignment()/security-definer/1',
  ),
];
