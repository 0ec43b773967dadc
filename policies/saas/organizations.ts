import type { AccessRules } from 'pgattest';
import { all, any, unchanged } from './words/logic.ts';
import { memberOf, orgAdminOf, ownerOf } from './words/organizations.ts';
import { isActor, liveActor, systemAdmin } from './words/people.ts';

/** Nobody has a membership of any status: the organization has just been made. */
const withoutMembers =
  '("row".id NOT IN (SELECT anyone.organization_id FROM app.organization_members AS anyone))';

export const organizations: AccessRules = {
  table: 'app.organizations',
  key: ['id'],
  lines: [316, 334],
  select: {
    says: 'Members read their live organizations; a live creator reads one that has no members yet; system admins read all, deleted ones too.',
    lines: [1048, 1054],
    by: ['organizations_select_policy'],
    where: any(memberOf('"row".id'), all(isActor('"row".created_by'), withoutMembers), systemAdmin),
  },
  insert: {
    says: 'Live users found organizations in their own name, active or on trial.',
    where: all(
      '"new".created_by = actor.id',
      liveActor,
      `"new".status IN ('active', 'trial')`,
      '"new".deleted_at IS NULL',
    ),
  },
  update: {
    says: 'Owners and admins change their organization; only its owner marks it as deleted, and only system admins change its status and trial.',
    lines: [1056, 1061],
    by: ['organizations_update_policy'],
    columns: [
      'name',
      'slug',
      'description',
      'logo_url',
      'website_url',
      'industry',
      'size',
      'settings',
      'billing_email',
      'status',
      'trial_ends_at',
      'deleted_at',
    ],
    where: any(orgAdminOf('"old".id'), systemAdmin),
    to: any(
      all(unchanged('status', 'trial_ends_at'), any(unchanged('deleted_at'), ownerOf('"old".id'))),
      systemAdmin,
    ),
  },
  delete: {
    says: 'Owners delete their live organization; system admins delete any.',
    lines: [1063, 1068],
    by: ['organizations_delete_policy'],
    where: any(ownerOf('"row".id'), systemAdmin),
  },
  guards: ['guard_organizations'],
};
