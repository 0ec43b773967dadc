import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { all, any } from './words/logic.ts';
import { atLeast, memberOf, notBelow } from './words/organizations.ts';

/** What a product is, but for whose it is. */
const content = [
  'name',
  'slug',
  'description',
  'short_description',
  'price_cents',
  'compare_at_price_cents',
  'cost_cents',
  'currency',
  'tax_code',
  'taxable',
  'sku',
  'barcode',
  'track_inventory',
  'inventory_policy',
  'low_stock_threshold',
  'weight_grams',
  'weight_unit',
  'requires_shipping',
  'is_digital',
  'digital_file_url',
  'images',
  'attributes',
  'options',
  'seo_title',
  'seo_description',
  'seo_keywords',
  'category_id',
  'tags',
  'status',
  'visibility',
  'published_at',
  'metadata',
];

export const products: AccessRules = {
  table: 'core.products',
  key: ['id'],
  lines: [419, 527],
  select: {
    says: 'Members read the products of their organizations; deleted ones only admins and owners.',
    lines: [1305, 1308],
    by: ['products_select'],
    where: all(
      memberOf('"row".organization_id'),
      any('"row".deleted_at IS NULL', notBelow('admin', '"row".organization_id')),
    ),
  },
  insert: {
    says: 'Members, but not viewers, add products to their organization in their own name.',
    lines: [1310, 1316],
    by: ['products_insert'],
    columns: ['id', 'organization_id', ...content, 'created_by'],
    where: all(atLeast('member', '"new".organization_id'), '"new".created_by = actor.id'),
  },
  update: {
    says: 'Members, but not viewers, change the products of their organization; only admins and owners delete them, or change deleted ones; nobody moves one to another organization, or sets its stock.',
    lines: [1318, 1329],
    by: ['products_update'],
    columns: [...content, 'deleted_at', 'version'],
    where: all(
      atLeast('member', '"old".organization_id'),
      any('"old".deleted_at IS NULL', notBelow('admin', '"old".organization_id')),
    ),
    to: any('"new".deleted_at IS NULL', notBelow('admin', '"old".organization_id')),
  },
  delete: never('Nobody deletes a product for good: admins mark it as deleted.', [1326, 1329]),
};
