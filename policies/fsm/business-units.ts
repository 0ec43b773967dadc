import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { any } from '../saas/words/logic.ts';
import { systemAdmin } from '../saas/words/people.ts';
import { manages, scopedIn } from './words/scopes.ts';

export const businessUnits: AccessRules = {
  table: 'fsm.business_units',
  key: ['id'],
  lines: [1579, 1590],
  select: {
    says: 'Who is scoped in an open unit reads it; system admins read all, closed ones too.',
    where: any(scopedIn('"row".id'), systemAdmin),
  },
  insert: { says: 'System admins add units.', where: systemAdmin },
  update: {
    says: 'System admins change units, and open and close them; country and code stay.',
    columns: ['name', 'type', 'is_active', 'configuration'],
    where: systemAdmin,
    to: 'true',
  },
  delete: never('Nobody deletes a unit: it is closed.'),
};

export const stores: AccessRules = {
  table: 'fsm.stores',
  key: ['id'],
  lines: [1596, 1610],
  select: {
    says: 'Who is scoped in an open unit reads its stores, closed ones too; system admins read all.',
    where: any(scopedIn('"row".business_unit_id'), systemAdmin),
  },
  insert: {
    says: 'Managers of an open unit add stores to it; system admins to any.',
    where: any(manages('"new".business_unit_id'), systemAdmin),
  },
  update: {
    says: 'Managers of an open unit change its stores, system admins all; none moves to another unit.',
    columns: ['name', 'address', 'phone', 'email', 'is_active', 'operational_hours', 'configuration'],
    where: any(manages('"old".business_unit_id'), systemAdmin),
    to: 'true',
  },
  delete: never('Nobody deletes a store: it is closed.'),
};
