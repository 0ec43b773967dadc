import type { AccessRules } from 'pgattest';
import { all, any } from './words/logic.ts';
import { isActor, liveActor, systemAdmin } from './words/people.ts';

export const roles: AccessRules = {
  table: 'auth.roles',
  key: ['id'],
  lines: [255, 264],
  select: { says: 'Every live user reads the roles.', where: liveActor },
  insert: {
    says: 'System admins add roles, but no built-in one.',
    where: all(systemAdmin, '"new".is_system = false'),
  },
  update: {
    says: 'System admins change roles that are not built in.',
    columns: ['name', 'description', 'permissions'],
    where: all(systemAdmin, '"old".is_system = false'),
    to: 'true',
  },
  delete: {
    says: 'System admins delete roles that are not built in.',
    where: all(systemAdmin, '"row".is_system = false'),
  },
};

export const userRoles: AccessRules = {
  table: 'auth.user_roles',
  key: ['id'],
  lines: [266, 275],
  select: {
    says: 'Live users read which roles they hold; system admins read who holds which.',
    where: any(isActor('"row".user_id'), systemAdmin),
  },
  insert: {
    says: 'System admins grant roles, in their own name.',
    where: all(systemAdmin, '"new".granted_by = actor.id'),
  },
  update: {
    says: 'System admins change when a grant of a role ends, and nothing else of it.',
    columns: ['expires_at'],
    where: systemAdmin,
    to: 'true',
  },
  delete: { says: 'System admins withdraw roles.', where: systemAdmin },
  try: { expires_at: [`now() - interval '1 day'`, `now() + interval '1 day'`] },
};
