import type { AccessRules } from 'pgattest';
import { atLeast, memberOf } from './words/organizations.ts';

/** What a variant is, but for whose it is; its stock is counted, not given. */
const content = [
  'name',
  'option_values',
  'price_cents',
  'compare_at_price_cents',
  'cost_cents',
  'sku',
  'barcode',
  'weight_grams',
  'image_url',
  'position',
  'status',
];

export const productVariants: AccessRules = {
  table: 'core.product_variants',
  key: ['id'],
  lines: [532, 581],
  select: {
    says: 'Members read the variants of their organizations’ products, deleted products’ too.',
    by: ['product_variants_select_policy'],
    where: memberOf('"row".organization_id'),
  },
  insert: {
    says: 'Members, but not viewers, add variants to their organization; nobody gives their stock.',
    by: ['product_variants_insert_policy'],
    columns: ['id', 'organization_id', 'product_id', ...content],
    where: atLeast('member', '"new".organization_id'),
  },
  update: {
    says: 'Members, but not viewers, change the variants of their organization; nobody moves one to another product, or sets its stock.',
    by: ['product_variants_update_policy'],
    columns: content,
    where: atLeast('member', '"old".organization_id'),
    to: 'true',
  },
  delete: {
    says: 'Admins and owners delete the variants of their organization.',
    by: ['product_variants_delete_policy'],
    where: atLeast('admin', '"row".organization_id'),
  },
};
