import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { all, any, type Condition } from './words/logic.ts';
import { atLeast, memberOf, notBelow } from './words/organizations.ts';

/** What may change while the order lives. */
const content = [
  'user_id',
  'customer_email',
  'customer_name',
  'customer_phone',
  'status',
  'payment_status',
  'fulfillment_status',
  'discount_cents',
  'shipping_cents',
  'tax_cents',
  'tax_lines',
  'discount_codes',
  'shipping_address',
  'billing_address',
  'shipping_method',
  'shipping_carrier',
  'tracking_number',
  'tracking_url',
  'estimated_delivery_at',
  'payment_method',
  'customer_notes',
  'internal_notes',
  'metadata',
];

/** Neither cancelled nor paid back. For the alias of an order. */
function stands(alias: string): Condition {
  return all(`${alias}.status NOT IN ('cancelled', 'refunded')`, `${alias}.payment_status <> 'refunded'`);
}

export const orders: AccessRules = {
  table: 'core.orders',
  key: ['id', 'created_at'],
  lines: [634, 731],
  select: {
    says: 'Members read the orders of their organizations.',
    lines: [1335, 1338],
    by: ['orders_select'],
    where: memberOf('"row".organization_id'),
  },
  insert: {
    says: 'Members, but not viewers, take orders for their organization, as drafts or pending, and unpaid; the number and the amount are not theirs to give.',
    lines: [1340, 1346],
    by: ['orders_insert'],
    columns: [
      'id',
      'organization_id',
      ...content,
      'currency',
      'stripe_payment_intent_id',
      'source',
      'source_identifier',
    ],
    where: all(
      atLeast('member', '"new".organization_id'),
      `"new".status IN ('draft', 'pending')`,
      `"new".payment_status = 'pending'`,
    ),
  },
  update: {
    says: 'Members, but not viewers, change the orders of their organization; only managers, admins and owners cancel or refund them, or change cancelled or refunded ones.',
    lines: [1348, 1362],
    by: ['orders_update', 'orders_cancel'],
    columns: [...content, 'cancelled_reason'],
    where: all(
      atLeast('member', '"old".organization_id'),
      any(stands('"old"'), notBelow('manager', '"old".organization_id')),
    ),
    to: any(stands('"new"'), notBelow('manager', '"old".organization_id')),
  },
  delete: never('Nobody deletes an order: it is cancelled.'),
};

const internal = never('How orders get their numbers is internal: no request of the application reaches it.');
const numbering = { select: internal, insert: internal, update: internal, delete: internal } as const;

export const orderNumbers: AccessRules = {
  ...numbering,
  table: 'core.order_numbers',
  key: ['order_id'],
};

export const orderCounters: AccessRules = {
  ...numbering,
  table: 'core.order_counters',
  key: ['organization_id'],
};
