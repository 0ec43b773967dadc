import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { worksOnMyJobs } from './words/jobs.ts';
import { all, any, unchanged } from './words/logic.ts';
import { isActor, owner, worker } from './words/people.ts';

export const users: AccessRules = {
  table: 'public.users',
  key: ['id'],
  lines: [134, 144],
  secret: ['password_hash'],
  select: {
    says: 'Active users read themselves; owners read everyone; workers read the active owners, and whoever is assigned to one of their jobs.',
    lines: [462, 467],
    by: ['users_select_policy'],
    where: any(
      owner,
      isActor('"row".id'),
      all(worker, '"row".is_active', `"row".role = 'OWNER'`),
      worksOnMyJobs('"row".id'),
    ),
  },
  insert: {
    says: 'Owners add users.',
    by: ['users_insert_policy'],
    columns: ['id', 'email', 'password_hash', 'name', 'role', 'is_active'],
    where: owner,
  },
  update: {
    says: 'Active users change their own name and e-mail address, owners anyone’s; only owners change a role or deactivate, and never themselves.',
    by: ['users_update_policy'],
    columns: ['email', 'name', 'role', 'is_active'],
    where: any(isActor('"old".id'), owner),
    // Who may change another user's row is an owner.
    to: any(unchanged('role', 'is_active'), '"old".id <> actor.id'),
  },
  delete: never('Nobody deletes a user: an account is deactivated.'),
  guards: ['guard_users'],
};
