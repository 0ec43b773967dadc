import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import type { RowClass } from '../exercise.ts';
import { actorRelation, asRuled, keyArray, type Target } from '../target.ts';
import type { Novelty } from './novelty.ts';
import { amongKeysOf, sameRowAs } from './read-ways.ts';

/** One row of each class that no actor before was judged by alike: neither by the SELECT rule nor, for FOR UPDATE, by that of UPDATE. */
export async function newKeys(
  context: CheckContext,
  target: Target,
  actor: Actor,
  classes: readonly RowClass[],
  novelty: Novelty,
): Promise<readonly RowClass['key'][]> {
  const changeable = await changeableOf(context, target, actor, classes);
  return classes.flatMap(({ key, vector }) =>
    novelty.take(actor, `${vector} ${changeable.has(JSON.stringify(key))}`) ? [key] : [],
  );
}

/** Keys of those rows that the UPDATE rule gives. */
function changeableOf(
  context: CheckContext,
  target: Target,
  actor: Actor,
  classes: readonly RowClass[],
): Promise<ReadonlySet<string>> {
  const { update, table } = target.rules;
  return context.remember(`changeable classes of ${table} ${asRuled(actor)}`, async () => {
    if ('never' in update || classes.length === 0) return new Set();
    const keys = classes.map(({ key }) => key);
    const rows = await context.session.query(
      `SELECT ${keyArray(target, '"row"')} AS key FROM ${table} AS "row" CROSS JOIN ${actorRelation(context, actor)} ${sameRowAs('old')}
       WHERE ${amongKeysOf(target, keys, '"row"')} AND (${update.where})`,
    );
    return new Set(rows.map(({ key }) => JSON.stringify(key)));
  });
}
