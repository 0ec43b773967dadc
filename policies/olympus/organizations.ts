import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { all, any } from './words/logic.ts';
import { atLeast, memberOf, withoutMembers } from './words/organizations.ts';
import { isActor, liveActor } from './words/people.ts';

export const organizations: AccessRules = {
  table: 'core.organizations',
  key: ['id'],
  lines: [218, 290],
  select: {
    says: 'Members read their live organizations, and a live creator reads one that has no members yet; nobody else reads any.',
    lines: [1265, 1268],
    by: ['organizations_select'],
    where: any(memberOf('"row".id'), all(isActor('"row".created_by'), withoutMembers('"row".id'))),
  },
  insert: {
    says: 'Live users found organizations in their own name; limits, subscription and status are not theirs to give.',
    by: ['organizations_insert'],
    columns: [
      'id',
      'name',
      'slug',
      'logo_url',
      'email',
      'phone',
      'website',
      'address',
      'settings',
      'created_by',
    ],
    where: all('"new".created_by = actor.id', liveActor),
  },
  update: {
    says: 'Only owners change their live organization, and close it; nobody changes its limits, subscription or status.',
    lines: [1270, 1273],
    by: ['organizations_update'],
    columns: [
      'name',
      'slug',
      'logo_url',
      'email',
      'phone',
      'website',
      'address',
      'settings',
      'deleted_at',
      'version',
    ],
    where: atLeast('owner', '"old".id'),
    to: 'true',
  },
  delete: never('Nobody deletes an organization for good: its owner marks it as deleted.', [1275, 1278]),
  try: { deleted_at: ['now()'] },
};
