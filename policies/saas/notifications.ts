import type { AccessRules } from 'pgattest';
import { all, any, type Condition } from './words/logic.ts';
import { withMembershipBesideActor } from './words/organizations.ts';
import { isActor, liveAccount, liveActor } from './words/people.ts';

/** Somebody else who has an active membership of one of the actor's organizations, or NULL; `having` is over `person` and `ours`. */
function colleague(having: Condition): string {
  return `(
  SELECT theirs.user_id FROM app.organization_members AS mine
  JOIN app.organization_members AS theirs ON theirs.organization_id = mine.organization_id AND theirs.user_id <> mine.user_id
  JOIN app.organizations AS ours ON ours.id = mine.organization_id
  JOIN auth.users AS person ON person.id = theirs.user_id
  WHERE mine.user_id = actor.id AND mine.status = 'active' AND theirs.status = 'active'
  GROUP BY theirs.user_id HAVING bool_and(${having}) ORDER BY theirs.user_id LIMIT 1)`;
}

const livePerson = liveAccount('person');
const liveOurs = `ours.status IN ('active', 'trial') AND ours.deleted_at IS NULL`;

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
  try: {
    // One thing alone stands between them and the notification; the sample of users need not have such people.
    user_id: [
      `person.status = 'suspended' AND person.deleted_at IS NULL AND ${liveOurs}`,
      `person.status = 'active' AND person.deleted_at IS NOT NULL AND ${liveOurs}`,
      `${livePerson} AND ours.status = 'suspended' AND ours.deleted_at IS NULL`,
      `${livePerson} AND ours.status = 'active' AND ours.deleted_at IS NOT NULL`,
    ].map((having) => `coalesce(${colleague(having)}, "new".user_id)`),
  },
};
