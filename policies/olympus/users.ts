import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { any } from './words/logic.ts';
import { colleagueOfActor } from './words/organizations.ts';
import { isActor } from './words/people.ts';

export const users: AccessRules = {
  table: 'core.users',
  key: ['id'],
  lines: [298, 371],
  select: {
    says: 'Live users read themselves and the live users who have accepted a membership of one of their organizations.',
    lines: [1284, 1294],
    by: ['users_select'],
    where: any(isActor('"row".id'), colleagueOfActor('"row".id')),
  },
  insert: {
    says: 'Somebody new signs up as themselves; what is verified, and the status, are not theirs to give.',
    by: ['users_insert'],
    columns: ['id', 'email', 'full_name', 'display_name', 'avatar_url', 'bio', 'preferences'],
    // That ids are unique keeps whoever is a user already from signing up again.
    where: '"new".id = actor.id',
  },
  update: {
    says: 'Live users change their own profile and close their own account, and nobody changes another’s.',
    lines: [1296, 1299],
    by: ['users_update'],
    columns: ['full_name', 'display_name', 'avatar_url', 'bio', 'preferences', 'deleted_at', 'version'],
    where: isActor('"old".id'),
    to: 'true',
  },
  delete: never('Nobody deletes a user for good: an account is marked as deleted.'),
  try: { deleted_at: ['now()'] },
};
