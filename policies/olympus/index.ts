import type { AccessRules } from 'pgattest';
import { categories } from './categories.ts';
import { inventoryLevels, inventoryLocations, inventoryMovements } from './inventory.ts';
import { members } from './members.ts';
import { orderItems } from './order-items.ts';
import { orderCounters, orderNumbers, orders } from './orders.ts';
import { organizations } from './organizations.ts';
import { productVariants } from './product-variants.ts';
import { products } from './products.ts';
import {
  archivedOrderItems,
  archivedOrders,
  auditLogs,
  databaseHealth,
  organizationMetrics,
} from './records.ts';
import { users } from './users.ts';

export { audit } from './audit.ts';
export { callable } from './functions.ts';

/** Who may do what with every relation of the olympus design. */
export const access: readonly AccessRules[] = [
  organizations,
  users,
  members,
  products,
  productVariants,
  categories,
  orders,
  orderNumbers,
  orderCounters,
  orderItems,
  inventoryLocations,
  inventoryLevels,
  inventoryMovements,
  archivedOrders,
  archivedOrderItems,
  auditLogs,
  organizationMetrics,
  databaseHealth,
];
