import type { AccessRules } from 'pgattest';
import { all, any } from '../saas/words/logic.ts';
import { isActor, systemAdmin } from '../saas/words/people.ts';
import { manages } from './words/scopes.ts';

export const userScopes: AccessRules = {
  table: 'fsm.user_scopes',
  key: ['id'],
  lines: [1552, 1554],
  select: {
    says: 'Live users read their own scopes, expired ones too; managers of an open unit those that name it; system admins read all.',
    where: any(isActor('"row".user_id'), manages('"row".business_unit_id'), systemAdmin),
  },
  insert: {
    says: 'System admins give scopes, in their own name.',
    columns: ['id', 'user_id', 'country_code', 'business_unit_id', 'role', 'granted_by', 'expires_at'],
    where: all(systemAdmin, '"new".granted_by = actor.id'),
  },
  update: {
    says: 'System admins change the role of a scope and when it ends, and nothing else of it.',
    columns: ['role', 'expires_at'],
    where: systemAdmin,
    to: 'true',
  },
  delete: { says: 'System admins withdraw scopes.', where: systemAdmin },
  try: { expires_at: [`now() - interval '1 day'`, `now() + interval '1 day'`] },
};
