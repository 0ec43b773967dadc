import type { AccessRules } from 'pgattest';
import { never } from '../saas/never.ts';
import { all, any, unchanged } from '../saas/words/logic.ts';
import { admin, inTenant, isUser, manager, staff } from './words/actor.ts';

export const users: AccessRules = {
  table: 'auth.users',
  key: ['id'],
  lines: [211, 231],
  secret: ['password_hash', 'failed_login_attempts', 'locked_until'],
  select: {
    says: 'The staff of a tenant read its users, managers the deleted ones too, nobody a password or a lock.',
    where: all(inTenant('"row"'), staff, any(manager, '"row".deleted_at IS NULL')),
  },
  insert: {
    says: 'Admins add users of their tenant.',
    columns: [
      'id',
      'tenant_id',
      'email',
      'username',
      'password_hash',
      'first_name',
      'last_name',
      'role',
      'status',
    ],
    where: all(inTenant('"new"'), admin),
  },
  update: {
    says: 'People change their own name and address; admins all users of their tenant, and they alone role and status, and delete.',
    columns: ['email', 'username', 'first_name', 'last_name', 'role', 'status', 'deleted_at'],
    where: all(inTenant('"old"'), staff, any(admin, isUser('"old".id'))),
    to: any(admin, unchanged('role', 'status', 'deleted_at')),
  },
  delete: never('Nobody deletes a user for good: an account is marked as deleted.'),
  guards: ['guard_users'],
  try: { email: ["'somebody.else@new.example'"] },
};
