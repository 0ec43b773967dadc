import { because, type Equivalents } from '../equivalents.ts';

const since = because('olympus');

/** Changes of access and audit that nobody could see, and why. */
export const equivalentMutants: Equivalents = [
  // Policies for all commands: what their condition gives, the policies of the other commands give as well.
  ...since(
    'whoever changes such a row may read it and add it, and no request has the privilege to delete it',
    'core.categories.categories_update_policy/command-widened/1',
  ),
  ...since(
    'admins and managers, who delete such a row, may read, add and change it as well',
    'core.inventory_levels.inventory_levels_delete_policy/command-widened/1',
    'core.inventory_locations.inventory_locations_delete_policy/command-widened/1',
    'core.product_variants.product_variants_delete_policy/command-widened/1',
  ),
  ...since(
    'the policies of INSERT, UPDATE and DELETE have one condition, and that of SELECT gives more',
    'core.order_items.order_items_delete_policy/command-widened/1',
    'core.order_items.order_items_insert_policy/command-widened/1',
    'core.order_items.order_items_update_policy/command-widened/1',
  ),
  ...since(
    'a member reads and changes an order that is pending anyway, and no request has the privilege to delete it',
    'core.orders.orders_insert/command-widened/1',
  ),
  ...since(
    'an admin reads, changes and removes any member but the owner, whoever has invited whom',
    'core.organization_members.organization_members_insert_policy/command-widened/1',
  ),
  ...since(
    'a live user reads the own row, and may add it as far as INSERT asks; no request has the privilege to delete it',
    'core.users.users_update/command-widened/1',
  ),
  ...since(
    'an item is of the organization of its order: a foreign key sees to it, and no request may change either',
    'core.order_items.order_items_delete_policy/conjunct-removed/4',
    'core.order_items.order_items_update_policy/conjunct-removed/4',
  ),
  // Helpers
  ...since(
    'the policies of what it reads give whoever asks the own memberships, and their organizations with all members',
    'auth.colleagues()/security-invoker/1',
    'auth.organizations_as(required_role text)/security-invoker/1',
  ),
  ...since('an empty text is no JSON: the handler answers the same', 'auth.uid()/constant-changed/6'),
  ...since('NULL as JSON is NULL, and has no sub', 'auth.uid()/conjunct-removed/2'),
  // Orders: an id is in order_numbers once, and stays at the time at which it was placed.
  ...since(
    'order_numbers holds each id once: created_at only tells in which partition it is',
    'core.keep_order_numbers()/conjunct-removed/2',
    'core.update_order_subtotal()/conjunct-removed/2',
    'core.update_order_subtotal()/conjunct-removed/4',
  ),
  ...since(
    'OLD is NULL on INSERT and NEW on DELETE: without the CASE too',
    'core.update_order_subtotal()/constant-changed/1',
    'core.update_order_subtotal()/constant-changed/2',
  ),
  ...since(
    'who has the privilege to write a subtotal is not bound by row security: the helper of the triggers, and jobs',
    'core.compute_order_subtotal()/security-invoker/1',
  ),
  // Stamps and what follows from the rest
  ...since(
    'increment_version, which acts before, leaves the version where nothing else is changed',
    'core.set_updated_by()/list-shortened/2',
    'core.set_updated_by()/constant-changed/2',
  ),
  ...since(
    'it reads no table: active_uid() has rights of its own, and whoever changes a product may run it',
    'core.set_updated_by()/security-definer/1',
  ),
  ...since(
    'update_category_path acts on any path that is written, and puts in the right one',
    'core.move_subcategories()/constant-changed/1',
  ),
  ...since(
    'where as much is reserved as before, there is no movement to be named',
    'core.record_movement()/comparison-changed/2',
  ),
  // Audit
  ...since(
    'TRUNCATE empties inventory_movements too, whose guard refuses it before anything could be recorded',
    'core.users.audit_users_truncate/trigger-disabled/1',
    'core.users.audit_users_truncate/trigger-replica/1',
    'core.users.audit_users_truncate/when-false/1',
  ),
  // Monitoring
  ...since(
    'min() passes over NULL by itself',
    'analytics.database_health/condition-removed/4',
    'analytics.database_health/condition-removed/5',
  ),
];
