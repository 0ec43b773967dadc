import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { all } from '../saas/words/logic.ts';
import { admin, staff } from './words/actor.ts';

const serviceOnly = never('Tenants come and go by the service alone.');

export const tenants: AccessRules = {
  table: 'auth.tenants',
  key: ['id'],
  lines: [189, 200],
  select: {
    says: 'The staff of a tenant read that tenant.',
    where: all('"row".id = actor.tenant_id', staff),
  },
  insert: serviceOnly,
  update: {
    says: 'Admins change the name and the settings of their own tenant.',
    columns: ['name', 'settings'],
    where: all('"old".id = actor.tenant_id', admin),
    to: 'true',
  },
  delete: serviceOnly,
};
