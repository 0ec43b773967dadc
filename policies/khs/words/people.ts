import type { Condition } from './logic.ts';

/** The actor is an active user; anybody else counts as anonymous. */
export const activeActor: Condition = actorIs();

/** The actor is an active OWNER, who may do whatever a WORKER may. */
export const owner: Condition = actorIs(`me.role = 'OWNER'`);

/** The actor is an active WORKER. */
export const worker: Condition = actorIs(`me.role = 'WORKER'`);

/** The id is the actor's, and the actor is active: "one's own". */
export function isActor(id: string): Condition {
  return `(${id} IN (SELECT me.id FROM public.users AS me WHERE me.id = actor.id AND me.is_active))`;
}

/** The actor is an active user of whom a condition over the alias `me` holds. */
function actorIs(condition = 'true'): Condition {
  return `(EXISTS (SELECT FROM public.users AS me WHERE me.id = actor.id AND me.is_active AND ${condition}))`;
}
