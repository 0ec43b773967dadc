import type { Condition } from '../../saas/words/logic.ts';

/** Live: active and not deleted, in an active tenant, which is also the one that the request names. */
function actorWith(having: Condition): Condition {
  return `(EXISTS (
  SELECT FROM auth.users AS me JOIN auth.tenants AS ours ON ours.id = me.tenant_id
  WHERE me.id = actor.user_id AND me.tenant_id = actor.tenant_id
    AND me.status = 'active' AND me.deleted_at IS NULL AND ours.status = 'active' AND ${having}))`;
}

/** Any actor; every other request is anonymous. */
export const staff: Condition = actorWith('true');
export const writer: Condition = actorWith("me.role IN ('user', 'manager', 'admin')");
export const manager: Condition = actorWith("me.role IN ('manager', 'admin')");
export const admin: Condition = actorWith("me.role = 'admin'");

/** The row is of the tenant that the request names. On its own this does not say that the actor is. */
export function inTenant(alias: string): Condition {
  return `${alias}.tenant_id = actor.tenant_id`;
}

/** The id is the user setting. On its own this does not say that the request has an actor. */
export function isUser(id: string): Condition {
  return `${id} = actor.user_id`;
}

/** The id is that of the actor's employee: the person's record in the tenant that is not deleted. */
export function isActorsEmployee(id: string): Condition {
  return `(${id} IN (
  SELECT mine.id FROM hr.employees AS mine
  WHERE mine.user_id = actor.user_id AND mine.tenant_id = actor.tenant_id AND mine.deleted_at IS NULL))`;
}
