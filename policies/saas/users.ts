import type { AccessRules } from 'pgattest';
import { never } from './never.ts';
import { all, any, unchanged } from './words/logic.ts';
import { withMembershipBesideActor } from './words/organizations.ts';
import { isActor, systemAdmin } from './words/people.ts';

/**
 * The row is of the actor, whom no user is yet. One condition and not two: that ids are unique stops a second user of
 * the same id anyway, and no policy has to.
 */
const actorSignsUp = `(CASE
  WHEN NOT EXISTS (SELECT FROM auth.users AS known WHERE known.id = actor.id) THEN "new".id = actor.id
END)`;

export const users: AccessRules = {
  table: 'auth.users',
  key: ['id'],
  lines: [231, 253],
  secret: ['password_hash', 'failed_login_attempts', 'locked_until', 'last_login_ip'],
  select: {
    says: 'Live users read themselves and the live users who have accepted a membership of one of their organizations; system admins read everyone.',
    lines: [1027, 1041],
    by: ['users_select_policy'],
    where: any(
      isActor('"row".id'),
      withMembershipBesideActor('"row".id', 'active', 'suspended'),
      systemAdmin,
    ),
  },
  insert: {
    says: 'Somebody new signs up as themselves, active and with nothing verified yet; system admins add anyone.',
    columns: [
      'id',
      'email',
      'email_verified',
      'phone',
      'phone_verified',
      'password_hash',
      'first_name',
      'last_name',
      'avatar_url',
      'locale',
      'timezone',
      'status',
      'metadata',
      'updated_at',
      'deleted_at',
    ],
    where: any(
      systemAdmin,
      all(
        actorSignsUp,
        `"new".status = 'active'`,
        '"new".email_verified = false',
        '"new".phone_verified = false',
        '"new".deleted_at IS NULL',
      ),
    ),
  },
  update: {
    says: 'Live users change their own profile and delete their own account; only system admins change others, or what is verified, or the status.',
    lines: [1043, 1046],
    by: ['users_update_policy'],
    columns: [
      'email',
      'phone',
      'first_name',
      'last_name',
      'avatar_url',
      'locale',
      'timezone',
      'metadata',
      'status',
      'email_verified',
      'phone_verified',
      'deleted_at',
    ],
    where: any(isActor('"old".id'), systemAdmin),
    to: any(unchanged('status', 'email_verified', 'phone_verified'), systemAdmin),
  },
  delete: never('Nobody deletes a user for good: an account is marked as deleted.'),
  guards: ['guard_users'],
  try: { deleted_at: ['now()'] },
};
