import type { UpdateRule } from 'pgattest';
import { never } from '../../saas/never.ts';
import { all, any, type Condition } from '../../saas/words/logic.ts';
import { inTenant, manager, staff, writer } from './actor.ts';

/** Managers read every row of the tenant, the rest of the staff those that are not deleted, and meet the conditions. */
export function readBesidesManagers(...conditions: readonly Condition[]): Condition {
  return all(inTenant('"row"'), staff, any(manager, all('"row".deleted_at IS NULL', ...conditions)));
}

/** Those people add rows of the tenant that are not deleted from the start, and meet the conditions. */
export function addedBy(people: Condition, ...conditions: readonly Condition[]): Condition {
  return all(inTenant('"new"'), people, '"new".deleted_at IS NULL', ...conditions);
}

type Change = Pick<UpdateRule, 'where' | 'to'>;

/** Managers change every row of the tenant into anything, deleted ones too. */
export const changedByManagers: Change = { where: all(inTenant('"old"'), manager), to: 'true' };

/**
 * Besides managers, users change rows that are not deleted, and do not delete them.
 *
 * @param rows further conditions on the row as it is
 * @param into further conditions on what it becomes
 */
export function changedByUsers(rows: readonly Condition[] = [], into: readonly Condition[] = []): Change {
  return {
    where: all(inTenant('"old"'), writer, any(manager, all('"old".deleted_at IS NULL', ...rows))),
    to: any(manager, all('"new".deleted_at IS NULL', ...into)),
  };
}

/** Nobody, for a table of a service. */
export const softDeleted = never(
  'Nobody deletes a row of the business for good: it is marked as deleted.',
  [171, 179],
);
