import type { Condition } from './logic.ts';

/** Live: the account is active and not deleted. For the alias of a row of `auth.users`. */
export function liveAccount(alias: string): Condition {
  return `(${alias}.status = 'active' AND ${alias}.deleted_at IS NULL)`;
}

/** The actor is a live user; anybody else counts as anonymous. */
export const liveActor: Condition = `(EXISTS (
  SELECT FROM auth.users AS me WHERE me.id = actor.id AND ${liveAccount('me')}))`;

/** The id is the actor's, and the actor is live: "one's own". */
export function isActor(id: string): Condition {
  return `(${id} IN (SELECT me.id FROM auth.users AS me WHERE me.id = actor.id AND ${liveAccount('me')}))`;
}

/** The actor is a live user who holds the role `admin` now. */
export const systemAdmin: Condition = `(EXISTS (
  SELECT FROM auth.users AS me
  JOIN auth.user_roles AS assignment ON assignment.user_id = me.id
  JOIN auth.roles AS granted ON granted.id = assignment.role_id
  WHERE me.id = actor.id AND ${liveAccount('me')} AND granted.name = 'admin'
    AND (assignment.expires_at IS NULL OR assignment.expires_at > now())))`;
