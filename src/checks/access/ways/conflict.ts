import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import { type Candidate, updateCandidates } from '../candidates.ts';
import { assignment, insertStatement, updateStatement } from '../statements.ts';
import { actorRelation, columnList, ident, identityOf, keyCondition, type Target } from '../target.ts';
import type { Novelty } from './novelty.ts';
import { amongKeysOf } from './read-ways.ts';
import { newRow } from './readable.ts';
import { fewOf, takesRows, type WriteTry } from './write-way.ts';

/** Its name, for evidence and breaches. */
export const onConflict = 'INSERT … ON CONFLICT DO UPDATE';

/**
 * INSERT … ON CONFLICT DO UPDATE that meets a row. It must pass everything at once: the INSERT rule for the row that it brings, the
 * SELECT rule for that row, for the one that is there and for what becomes of it, and the UPDATE rule. BEFORE triggers may make other
 * rows of both than the statement says: they are judged as they were stored by a plain INSERT and a plain UPDATE.
 *
 * @param bring a row that the actor may add and read; it is brought with the key of one that is there
 */
export async function conflicts(
  context: CheckContext,
  target: Target,
  actor: Actor,
  bring: Candidate,
  novelty: Novelty,
): Promise<readonly WriteTry[]> {
  const { insert, select, update, key } = target.rules;
  if ('never' in insert || 'never' in select || !takesRows(target) || !isArbiter(context, target)) return [];
  if (!key.every((name) => name in bring.values)) return [];
  if ('never' in update) {
    const [first = ''] = key;
    const set = `${ident(first)} = excluded.${ident(first)}`;
    return [tryOf(target, bring, bring.values, set, false)];
  }
  const tries: WriteTry[] = [];
  const changes = await updateCandidates(context, target, update, actor);
  const few = await fewOf(context, target, actor, changes, novelty);
  if (few.length === 0) return [];
  const brought = await stored(context, target, actor, insertStatement(target, bring.values), bring.key);
  for (const change of few) {
    const met = Object.fromEntries(key.map((name, index) => [name, change.key[index] ?? null]));
    const values = { ...bring.values, ...met };
    const allowed =
      change.allowed &&
      (await isGiven(context, target, actor, [insert.where, '"new"'], { ...brought, ...met })) &&
      (await isGiven(context, target, actor, [select.where, '"row"'], { ...brought, ...met })) &&
      (await readsChanged(context, target, actor, change));
    tries.push(tryOf(target, change, values, assignment(change), allowed));
  }
  return tries;
}

type Values = Readonly<Record<string, string | null>>;

/** The row as it is once the actor has added it; undefined where it could not. */
async function stored(
  context: CheckContext,
  target: Target,
  actor: Actor,
  statement: string,
  key: Candidate['key'],
): Promise<Values | undefined> {
  const { session } = context;
  return session.as(identityOf(context, actor), async () => {
    const done = await session.attempt(statement, [], true);
    await session.resume();
    if (done.status === 'error') return undefined;
    const texts = target.stored.map(({ name }) => `"row".${ident(name)}::text`);
    const [row] = await session.query(
      `SELECT ARRAY[${texts.join(', ')}] AS texts FROM ${target.relation.identity} AS "row" WHERE ${keyCondition(target, key)}`,
    );
    const values = row?.texts as (string | null)[] | undefined;
    return values && Object.fromEntries(target.stored.map(({ name }, n) => [name, values[n] ?? null]));
  });
}

/** Whether a rule over an alias holds for a row of these values. */
async function isGiven(
  context: CheckContext,
  target: Target,
  actor: Actor,
  [rule, alias]: readonly [string, string],
  values: Values,
): Promise<boolean> {
  const rows = await context.session.query(
    `SELECT FROM (${newRow(target, values)}) AS ${alias}, ${actorRelation(context, actor)} WHERE (${rule})`,
  );
  return rows.length > 0;
}

/** Whether the SELECT rule gives the row, as it is and as the actor's plain UPDATE leaves it. */
async function readsChanged(
  context: CheckContext,
  target: Target,
  actor: Actor,
  change: Candidate,
): Promise<boolean> {
  const { session } = context;
  const { select, key } = target.rules;
  if ('never' in select) return false;
  const reads = async (of: Candidate['key']) => {
    const rows = await session.query(
      `SELECT FROM ${target.relation.identity} AS "row", ${actorRelation(context, actor)}
       WHERE ${amongKeysOf(target, [of], '"row"')} AND (${select.where})`,
    );
    return rows.length > 0;
  };
  if (!(await reads(change.key))) return false;
  return session.as(identityOf(context, actor), async () => {
    const done = await session.attempt(updateStatement(target, change), [], true);
    await session.resume();
    const after = key.map((name, index) =>
      name === change.column ? (change.values[name] ?? null) : (change.key[index] ?? null),
    );
    return done.status === 'done' && reads(after);
  });
}

function tryOf(
  target: Target,
  candidate: Candidate,
  values: Candidate['values'],
  set: string,
  allowed: boolean,
): WriteTry {
  const statement = `${insertStatement(target, values)} ON CONFLICT (${columnList(target.rules.key)}) DO UPDATE SET ${set}`;
  return {
    way: { name: onConflict, applies: takesRows, statement: () => statement },
    candidate,
    allowed,
  };
}

/** The rule's key is what a unique index without a predicate holds: ON CONFLICT can name it. */
export function isArbiter(context: CheckContext, target: Target): boolean {
  const key = new Set(target.rules.key);
  return context.catalog.indexes.some(
    (index) =>
      index.relation === target.relation.identity &&
      index.unique &&
      index.predicate === null &&
      index.columns.length === key.size &&
      index.columns.every((column) => column !== null && key.has(column)),
  );
}
