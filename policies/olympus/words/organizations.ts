import { all, type Condition, oneOf } from './logic.ts';
import { liveAccount } from './people.ts';

/** From the least to the most. */
const roles = ['viewer', 'member', 'manager', 'admin', 'owner'] as const;
export type MemberRole = (typeof roles)[number];

// Pairs of an id and a user, compared with (id, actor.id): so the server makes the list once for a statement, not for
// each row.

/** The actor is a member of the organization, whatever the role. */
export function memberOf(organization: string): Condition {
  return `((${organization}, actor.id) IN (${membershipsOfUsers()}))`;
}

/**
 * The actor holds the role in the organization, or one above it. Two conditions, so that a lesser member and a stranger
 * are told apart, and each is tried.
 */
export function atLeast(role: MemberRole, organization: string): Condition {
  return all(memberOf(organization), notBelow(role, organization));
}

/** The actor's role is not below this one. On its own this says nothing of strangers: for use beside `memberOf`. */
export function notBelow(role: MemberRole, organization: string): Condition {
  const lesser = oneOf(roles.slice(0, roles.indexOf(role)));
  return `((${organization}, actor.id) NOT IN (${membershipsOfUsers(`mine.role IN ${lesser}`)}))`;
}

/** The id is that of a live user who is an accepted, active member of one of the actor's organizations. */
export function colleagueOfActor(id: string): Condition {
  return `((${id}, actor.id) IN (
  SELECT theirs.user_id, ours.user_id FROM core.organization_members AS theirs
  JOIN core.users AS person ON person.id = theirs.user_id
  JOIN (${membershipsOfUsers()}) AS ours ON ours.organization_id = theirs.organization_id
  WHERE ${accepted('theirs')} AND ${liveAccount('person')}))`;
}

/** Nobody has a membership of any kind: the organization has just been made. */
export function withoutMembers(organization: string): Condition {
  return `(${organization} NOT IN (SELECT anyone.organization_id FROM core.organization_members AS anyone))`;
}

/**
 * A query for organizations and their members: live organizations, and live users who accepted an active membership.
 *
 * @param having a condition over `mine`, the membership
 */
function membershipsOfUsers(having = 'true'): string {
  return `
  SELECT mine.organization_id, mine.user_id FROM core.organization_members AS mine
  JOIN core.users AS me ON me.id = mine.user_id
  JOIN core.organizations AS tenant ON tenant.id = mine.organization_id
  WHERE ${accepted('mine')} AND ${liveAccount('me')} AND ${liveTenant('tenant')} AND ${having}`;
}

/** A membership and not an invitation. For the alias of a row of `core.organization_members`. */
function accepted(alias: string): Condition {
  return `(${alias}.status = 'active' AND ${alias}.accepted_at IS NOT NULL)`;
}

/** Live: active and not deleted; what its subscription says decides nothing. For the alias of a row of `core.organizations`. */
function liveTenant(alias: string): Condition {
  return `(${alias}.status = 'active' AND ${alias}.deleted_at IS NULL)`;
}
