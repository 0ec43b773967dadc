import type { Condition } from './logic.ts';

/** Live: the account is active and not deleted. For the alias of a row of `core.users`. */
export function liveAccount(alias: string): Condition {
  return `(${alias}.status = 'active' AND ${alias}.deleted_at IS NULL)`;
}

/** The actor is a live user; anybody else counts as anonymous. */
export const liveActor: Condition = `(EXISTS (
  SELECT FROM core.users AS me WHERE me.id = actor.id AND ${liveAccount('me')}))`;

/** The id is the actor's, and the actor is live: "one's own". */
export function isActor(id: string): Condition {
  return `((${id}, actor.id) IN (SELECT me.id, me.id FROM core.users AS me WHERE ${liveAccount('me')}))`;
}
