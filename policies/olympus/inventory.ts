import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { atLeast, memberOf } from './words/organizations.ts';

const location = [
  'name',
  'code',
  'address',
  'location_type',
  'is_active',
  'is_default',
  'fulfillment_priority',
];

export const inventoryLocations: AccessRules = {
  table: 'core.inventory_locations',
  key: ['id'],
  lines: [783, 808],
  select: {
    says: 'Members read the locations of their organizations.',
    by: ['inventory_locations_select_policy'],
    where: memberOf('"row".organization_id'),
  },
  insert: {
    says: 'Managers, admins and owners open locations of their organization.',
    by: ['inventory_locations_insert_policy'],
    columns: ['id', 'organization_id', ...location],
    where: atLeast('manager', '"new".organization_id'),
  },
  update: {
    says: 'Managers, admins and owners change the locations of their organization, and nobody gives one to another.',
    by: ['inventory_locations_update_policy'],
    columns: location,
    where: atLeast('manager', '"old".organization_id'),
    to: 'true',
  },
  delete: {
    says: 'Admins and owners delete the locations of their organization.',
    by: ['inventory_locations_delete_policy'],
    where: atLeast('admin', '"row".organization_id'),
  },
};

const stock = ['available', 'reserved', 'incoming'];

/** Goods that lie nowhere, and another place: the same goods lie in a place only once, so a copy of a level is none. */
const elsewhere = {
  product_id: [
    `SELECT product.id FROM core.products AS product WHERE product.organization_id = "new".organization_id
     AND product.id NOT IN (SELECT level.product_id FROM core.inventory_levels AS level WHERE level.product_id IS NOT NULL)
     ORDER BY product.id LIMIT 1`,
  ],
  location_id: [
    `SELECT place.id FROM core.inventory_locations AS place WHERE place.organization_id = "new".organization_id
     AND place.id <> "new".location_id ORDER BY place.id LIMIT 1`,
  ],
};

export const inventoryLevels: AccessRules = {
  table: 'core.inventory_levels',
  key: ['id'],
  lines: [810, 842],
  select: {
    says: 'Members read the stock of their organizations, deleted products’ too.',
    by: ['inventory_levels_select_policy'],
    where: memberOf('"row".organization_id'),
  },
  insert: {
    says: 'Members, but not viewers, put goods of their organization on stock.',
    by: ['inventory_levels_insert_policy'],
    columns: ['id', 'organization_id', 'product_id', 'variant_id', 'location_id', ...stock],
    where: atLeast('member', '"new".organization_id'),
  },
  update: {
    says: 'Members, but not viewers, change quantities on stock of their organization, and nobody what or where it is.',
    by: ['inventory_levels_update_policy'],
    columns: stock,
    where: atLeast('member', '"old".organization_id'),
    to: 'true',
  },
  delete: {
    says: 'Managers, admins and owners take goods of their organization off stock.',
    by: ['inventory_levels_delete_policy'],
    where: atLeast('manager', '"row".organization_id'),
  },
  try: elsewhere,
};

const trail = never(
  'Movements are the trail of the stock: only its trigger adds to them, and nobody changes them.',
  [844, 881],
);

export const inventoryMovements: AccessRules = {
  table: 'core.inventory_movements',
  key: ['id', 'created_at'],
  lines: [844, 889],
  select: {
    says: 'Members read the movements of stock of their organizations.',
    by: ['inventory_movements_select_policy'],
    where: memberOf('"row".organization_id'),
  },
  insert: trail,
  update: trail,
  delete: trail,
};
