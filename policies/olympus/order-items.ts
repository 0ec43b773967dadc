import type { AccessRules } from 'pgattest';
import { all, type Condition } from './words/logic.ts';
import { atLeast, memberOf } from './words/organizations.ts';

/** The order of the item, in the item's organization, has not yet been shipped, cancelled or refunded. */
function ofOpenOrder(alias: string): Condition {
  return `((${alias}.order_id, ${alias}.organization_id) IN (
  SELECT placed.id, placed.organization_id FROM core.orders AS placed
  WHERE placed.status IN ('draft', 'pending', 'confirmed', 'processing')))`;
}

export const orderItems: AccessRules = {
  table: 'core.order_items',
  key: ['id'],
  lines: [736, 777],
  select: {
    says: 'Members read the items of their organizations’ orders.',
    by: ['order_items_select_policy'],
    where: memberOf('"row".organization_id'),
  },
  insert: {
    says: 'Members, but not viewers, add items to the open orders of their organization.',
    by: ['order_items_insert_policy'],
    columns: [
      'id',
      'organization_id',
      'order_id',
      'product_id',
      'variant_id',
      'product_snapshot',
      'quantity',
      'unit_price_cents',
      'discount_cents',
      'tax_cents',
      'taxable',
    ],
    where: all(atLeast('member', '"new".organization_id'), ofOpenOrder('"new"')),
  },
  update: {
    says: 'Members, but not viewers, change amounts and fulfilment of items of the open orders of their organization; nobody moves an item to another order.',
    by: ['order_items_update_policy'],
    columns: ['quantity', 'unit_price_cents', 'discount_cents', 'tax_cents', 'taxable', 'fulfilled_quantity'],
    where: all(atLeast('member', '"old".organization_id'), ofOpenOrder('"old"')),
    to: 'true',
  },
  delete: {
    says: 'Members, but not viewers, take items off the open orders of their organization.',
    by: ['order_items_delete_policy'],
    where: all(atLeast('member', '"row".organization_id'), ofOpenOrder('"row"')),
  },
};
