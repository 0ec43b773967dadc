import { all, type Condition, oneOf } from './logic.ts';
import { liveAccount } from './people.ts';

export type MemberRole = 'owner' | 'admin' | 'member' | 'viewer';
export type MemberStatus = 'pending' | 'active' | 'suspended' | 'removed';

/** Roles that may write; whoever holds another one only reads. */
const writers: readonly MemberRole[] = ['owner', 'admin', 'member'];

/** The id is that of a live organization. */
export function liveOrganization(id: string): Condition {
  return `(${id} IN (SELECT organization.id FROM app.organizations AS organization WHERE ${liveTenant('organization')}))`;
}

/** The actor is a member of the organization, in one of the roles if any are given. */
export function memberOf(id: string, ...roles: readonly MemberRole[]): Condition {
  const having = roles.length === 0 ? undefined : `mine.role IN ${oneOf(roles)}`;
  return `(${id} IN (${organizationsOfActor(having)}))`;
}

export function orgAdminOf(id: string): Condition {
  return memberOf(id, 'owner', 'admin');
}

export function ownerOf(id: string): Condition {
  return memberOf(id, 'owner');
}

/**
 * The actor is not a mere reader of the organization. On its own this says nothing of strangers: together with
 * `memberOf` it makes a contributor. They are two conditions so that a viewer and a stranger are told apart, and each
 * is tried.
 */
export function notReaderOf(id: string): Condition {
  return `(${id} NOT IN (${organizationsOfActor(`mine.role NOT IN ${oneOf(writers)}`)}))`;
}

/** The actor is owner, admin or member of the organization, not a viewer. */
export function contributorOf(id: string): Condition {
  return all(memberOf(id), notReaderOf(id));
}

/** The id is that of a live user whose membership of one of the actor's organizations has one of the statuses. */
export function withMembershipBesideActor(id: string, ...statuses: readonly MemberStatus[]): Condition {
  return `(${id} IN (
  SELECT person.id FROM auth.users AS person
  JOIN app.organization_members AS theirs ON theirs.user_id = person.id
  WHERE ${liveAccount('person')} AND theirs.status IN ${oneOf(statuses)}
    AND theirs.organization_id IN (${organizationsOfActor()})))`;
}

/** Live: active or on trial, and not deleted. For the alias of a row of `app.organizations`. */
function liveTenant(alias: string): Condition {
  return `(${alias}.status IN ('active', 'trial') AND ${alias}.deleted_at IS NULL)`;
}

/**
 * A query for the ids of the live organizations that the live actor is an active member of.
 *
 * @param having a condition over `mine`, the actor's membership
 */
function organizationsOfActor(having = 'true'): string {
  return `
  SELECT mine.organization_id FROM app.organization_members AS mine
  JOIN auth.users AS me ON me.id = mine.user_id
  JOIN app.organizations AS ours ON ours.id = mine.organization_id
  WHERE mine.user_id = actor.id AND mine.status = 'active' AND ${having}
    AND ${liveAccount('me')} AND ${liveTenant('ours')}`;
}
