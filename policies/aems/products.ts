import type { AccessRules } from 'pgattest';
import { manager } from './words/actor.ts';
import {
  addedBy,
  changedByManagers,
  changedByUsers,
  readBesidesManagers,
  softDeleted,
} from './words/domain.ts';

export const products: AccessRules = {
  table: 'products.products',
  key: ['id'],
  lines: [546, 574],
  select: {
    says: 'The staff of a tenant read its products, managers the deleted ones too.',
    where: readBesidesManagers(),
  },
  insert: { says: 'Managers add products of their tenant.', where: addedBy(manager) },
  update: {
    says: 'Managers change the products of their tenant, but no margin by hand.',
    columns: [
      'sku',
      'name',
      'description',
      'category',
      'subcategory',
      'brand',
      'unit_cost',
      'selling_price',
      'weight',
      'dimensions',
      'lifecycle_stage',
      'launch_date',
      'discontinue_date',
      'supplier_info',
      'status',
      'deleted_at',
    ],
    ...changedByManagers,
  },
  delete: softDeleted,
  try: { deleted_at: ['now()'] },
};

export const inventoryLevels: AccessRules = {
  table: 'products.inventory_levels',
  key: ['id'],
  lines: [577, 597],
  select: {
    says: 'The staff of a tenant read its stock, managers the deleted rows too.',
    where: readBesidesManagers(),
  },
  insert: { says: 'Managers add stock of their tenant.', where: addedBy(manager) },
  update: {
    says: 'Users change the stock of their tenant, but not what is available by hand; managers also delete and restore rows.',
    columns: [
      'product_id',
      'warehouse_location',
      'current_stock',
      'reserved_stock',
      'reorder_level',
      'max_stock_level',
      'last_restock_date',
      'last_stock_take',
      'stock_value',
      'turnover_rate',
      'deleted_at',
    ],
    ...changedByUsers(),
  },
  delete: softDeleted,
};

export const productPerformance: AccessRules = {
  table: 'products.product_performance',
  key: ['id'],
  lines: [600, 620],
  select: {
    says: 'The staff of a tenant read how its products perform, managers the deleted rows too.',
    where: readBesidesManagers(),
  },
  insert: { says: 'Managers add product performance of their tenant.', where: addedBy(manager) },
  update: {
    says: 'Managers change the product performance of their tenant.',
    columns: [
      'product_id',
      'metric_date',
      'period_type',
      'units_sold',
      'revenue',
      'profit',
      'returns',
      'customer_rating',
      'review_count',
      'price_elasticity',
      'demand_forecast',
      'deleted_at',
    ],
    ...changedByManagers,
  },
  delete: softDeleted,
  try: { deleted_at: ['now()'] },
};
