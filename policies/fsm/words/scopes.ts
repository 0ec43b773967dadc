import { type Condition, oneOf } from '../../saas/words/logic.ts';
import { liveAccount } from '../../saas/words/people.ts';

export type ScopeRole = 'viewer' | 'operator' | 'manager';

/** The id is that of an open unit in which the actor has one of the roles, or any where none is given. */
export function scopedIn(unit: string, ...roles: readonly ScopeRole[]): Condition {
  return `(${unit} IN (${unitsOfActor(roles)}))`;
}

export function operatesIn(unit: string): Condition {
  return scopedIn(unit, 'operator', 'manager');
}

export function manages(unit: string): Condition {
  return scopedIn(unit, 'manager');
}

/** The code is that of a country in which the actor has a valid scope, be it of one unit alone. */
export function scopedInCountry(code: string): Condition {
  return `(${code} IN (SELECT mine.country_code ${validScopesOfActor()}))`;
}

/** The actor has a valid scope, even one of a country that has no unit yet. */
export const fsmUser: Condition = `(EXISTS (SELECT ${validScopesOfActor()}))`;

/** The id is that of an order in a unit in which the actor has one of the roles. */
export function scopedInUnitOfOrder(order: string, ...roles: readonly ScopeRole[]): Condition {
  return `(${order} IN (
  SELECT placed.id FROM fsm.service_orders AS placed WHERE ${scopedIn('placed.business_unit_id', ...roles)}))`;
}

/** The id is that of a project in a unit in which the actor is scoped. */
export function scopedInUnitOfProject(project: string): Condition {
  return `(${project} IN (
  SELECT begun.id FROM fsm.projects AS begun WHERE ${scopedIn('begun.business_unit_id')}))`;
}

/** A query for the ids of the open units in which the actor has one of the roles: the scope's country is the unit's. */
function unitsOfActor(roles: readonly ScopeRole[]): string {
  const having = roles.length === 0 ? 'true' : `mine.role IN ${oneOf(roles)}`;
  return `
  SELECT unit.id FROM fsm.business_units AS unit
  WHERE unit.is_active AND EXISTS (
    SELECT ${validScopesOfActor()} AND ${having}
      AND (mine.business_unit_id = unit.id
           OR (mine.business_unit_id IS NULL AND mine.country_code = unit.country_code)))`;
}

/**
 * FROM and WHERE of a query over the valid scopes of the actor, as `mine`: the actor is live, the scope has not expired,
 * and what it names is open.
 */
function validScopesOfActor(): string {
  return `
  FROM fsm.user_scopes AS mine
  JOIN auth.users AS me ON me.id = mine.user_id
  JOIN fsm.countries AS country ON country.code = mine.country_code
  LEFT JOIN fsm.business_units AS named ON named.id = mine.business_unit_id
  WHERE mine.user_id = actor.id AND ${liveAccount('me')}
    AND (mine.expires_at IS NULL OR mine.expires_at > now())
    AND country.is_active AND (mine.business_unit_id IS NULL OR named.is_active)`;
}
