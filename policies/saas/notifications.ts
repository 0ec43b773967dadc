import type { AccessRules } from 'pgattest';
import { all, any } from './words/logic.ts';
import { withMembershipBesideActor } from './words/organizations.ts';
import { isActor, liveActor } from './words/people.ts';

export const notifications: AccessRules = {
  table: 'app.notifications',
  key: ['id', 'created_at'],
  lines: [438, 450],
  select: {
    says: 'Live users read their own notifications, and nobody else does, not even system admins.',
    lines: [1175, 1178],
    by: ['notifications_select_policy'],
    where: isActor('"row".user_id'),
  },
  insert: {
    says: 'Live users notify themselves and the members of their organizations.',
    where: any(
      all('"new".user_id = actor.id', liveActor),
      withMembershipBesideActor('"new".user_id', 'active'),
    ),
  },
  update: {
    says: 'Live users mark their own notifications as read or unread.',
    lines: [1180, 1182],
    by: ['notifications_update_policy'],
    columns: ['is_read', 'read_at'],
    where: isActor('"old".user_id'),
    to: 'true',
  },
  delete: { says: 'Live users delete their own notifications.', where: isActor('"row".user_id') },
};
