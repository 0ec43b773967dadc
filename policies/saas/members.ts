import type { AccessRules } from 'pgattest';
import { all, any, type Condition, unchanged } from './words/logic.ts';
import { memberOf, orgAdminOf, ownerOf } from './words/organizations.ts';
import { isActor, systemAdmin } from './words/people.ts';

/** An owner of the organization handles every membership of it, an admin those that are not an owner's. */
function looksAfter(alias: string): Condition {
  const organization = `${alias}.organization_id`;
  return any(ownerOf(organization), all(memberOf(organization, 'admin'), `${alias}.role <> 'owner'`));
}

/** What people may do with their own membership: accept or decline an invitation, leave. */
const acceptsDeclinesOrLeaves: Condition = `(("old".status, "new".status) IN
  (('pending', 'active'), ('pending', 'removed'), ('active', 'removed')))`;

export const members: AccessRules = {
  table: 'app.organization_members',
  key: ['id'],
  lines: [336, 347],
  select: {
    says: 'Members read the memberships of their organizations, live users their own of whatever status, system admins all.',
    where: any(memberOf('"row".organization_id'), isActor('"row".user_id'), systemAdmin),
  },
  insert: {
    says: 'Owners and admins invite people in their own name, and only owners invite owners; system admins add anyone in their own name.',
    where: all(
      '"new".invited_by = actor.id',
      any(
        systemAdmin,
        all(
          orgAdminOf('"new".organization_id'),
          `"new".status = 'pending'`,
          any(`"new".role <> 'owner'`, ownerOf('"new".organization_id')),
        ),
      ),
    ),
  },
  update: {
    says: 'Owners change any membership; admins those of others than owners, and make no owner; only the invited accept an invitation; everyone may decline their own, or leave; system admins change all.',
    columns: ['role', 'status', 'joined_at'],
    where: any(looksAfter('"old"'), isActor('"old".user_id'), systemAdmin),
    to: any(
      systemAdmin,
      all(
        any(`"new".status <> 'active'`, `"old".status IN ('active', 'suspended')`),
        any(
          ownerOf('"old".organization_id'),
          all(memberOf('"old".organization_id', 'admin'), `"new".role <> 'owner'`),
        ),
      ),
      all(
        isActor('"old".user_id'),
        unchanged('role'),
        any(unchanged('status', 'joined_at'), acceptsDeclinesOrLeaves),
      ),
    ),
  },
  delete: {
    says: 'Owners remove any membership, admins those of others than owners, everyone their own, system admins all.',
    where: any(looksAfter('"row"'), isActor('"row".user_id'), systemAdmin),
  },
  guards: ['guard_members'],
  try: { joined_at: ['now()'] },
};
