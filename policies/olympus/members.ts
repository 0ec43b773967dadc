import type { AccessRules } from 'pgattest';
import { all, any } from './words/logic.ts';
import { atLeast, memberOf } from './words/organizations.ts';
import { isActor } from './words/people.ts';

export const members: AccessRules = {
  table: 'core.organization_members',
  key: ['id'],
  lines: [373, 414],
  secret: ['invitation_token'],
  select: {
    says: 'Members read the memberships of their organizations, live users their own of whatever status, nobody an invitation’s token.',
    by: ['organization_members_select_policy'],
    where: any(memberOf('"row".organization_id'), isActor('"row".user_id')),
  },
  insert: {
    says: 'Admins and owners invite people in their own name, but no owner, and nobody is made to have accepted.',
    by: ['organization_members_insert_policy'],
    columns: [
      'id',
      'organization_id',
      'user_id',
      'role',
      'custom_permissions',
      'invited_by',
      'invited_at',
      'invitation_token',
      'invitation_expires_at',
      'accepted_at',
      'team_id',
      'status',
    ],
    where: all(
      atLeast('admin', '"new".organization_id'),
      '"new".invited_by = actor.id',
      `"new".role <> 'owner'`,
      '"new".accepted_at IS NULL',
    ),
  },
  update: {
    says: 'Admins and owners change the memberships of their organization, but not the owner’s, and make no owner.',
    by: ['organization_members_update_policy'],
    columns: ['role', 'custom_permissions', 'team_id', 'status'],
    where: all(atLeast('admin', '"old".organization_id'), `"old".role <> 'owner'`),
    to: `"new".role <> 'owner'`,
  },
  delete: {
    says: 'Admins and owners remove memberships of their organization, live users their own of any; nobody the owner’s.',
    by: ['organization_members_delete_policy'],
    where: all(
      `"row".role <> 'owner'`,
      any(atLeast('admin', '"row".organization_id'), isActor('"row".user_id')),
    ),
  },
};
