import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import type { Candidate } from '../candidates.ts';
import { insertStatement } from '../statements.ts';
import { actorRelation, ident, identityOf, literal, type Target } from '../target.ts';
import { amongKeysOf } from './read-ways.ts';

/**
 * Which of the rows, if they were added, the SELECT rule gives the actor: by the state before the statement, as PostgreSQL asks its
 * policies. False for all where the rule says never.
 */
export async function readable(
  context: CheckContext,
  target: Target,
  actor: Actor,
  candidates: readonly Candidate[],
): Promise<readonly boolean[]> {
  const rule = target.rules.select;
  if ('never' in rule || candidates.length === 0) return candidates.map(() => false);
  const rows = candidates.map(
    ({ values }, index) => `SELECT ${index} AS "pgattest n", made.* FROM (${newRow(target, values)}) AS made`,
  );
  const judged = await context.session.query(
    `SELECT "row"."pgattest n" AS n, coalesce((${rule.where}), false) AS readable
     FROM (${rows.join(' UNION ALL ')}) AS "row" CROSS JOIN ${actorRelation(context, actor)}`,
  );
  const yes = new Set(judged.filter((row) => row.readable === true).map(({ n }) => Number(n)));
  return candidates.map((_, index) => yes.has(index));
}

/** How many rows are looked at before it is given up. */
const looked = 3;

/**
 * The first of the rows that the SELECT rule gives, or does not give, once the actor has added it: a BEFORE trigger may write another
 * row than the statement says, and whoever signs up may read the own row, although the statement found no such user.
 */
export async function onceAdded(
  context: CheckContext,
  target: Target,
  actor: Actor,
  candidates: readonly Candidate[],
  wanted: boolean,
): Promise<Candidate | undefined> {
  const rule = target.rules.select;
  if ('never' in rule) return wanted ? undefined : candidates[0];
  const { session } = context;
  for (const candidate of candidates.slice(0, looked)) {
    const given = await session.as(identityOf(context, actor), async () => {
      const added = await session.attempt(insertStatement(target, candidate.values), [], true);
      await session.resume();
      if (added.status === 'error') return undefined;
      const rows = await session.query(
        `SELECT FROM ${target.relation.identity} AS "row", ${actorRelation(context, actor)}
         WHERE ${amongKeysOf(target, [candidate.key], '"row"')} AND (${rule.where})`,
      );
      return rows.length > 0;
    });
    if (given === wanted) return candidate;
  }
  return undefined;
}

/** A query for the row that an INSERT of these values makes: what is not given has its default. */
export function newRow(target: Target, values: Readonly<Record<string, string | null>>): string {
  const stored = target.stored.map((column) => {
    const given = values[column.name];
    const other = column.name in values || column.default === null ? 'NULL' : `(${column.default})`;
    return `${given == null ? other : literal(given)}::${column.type} AS ${ident(column.name)}`;
  });
  const generated = target.columns
    .filter((column) => column.generated)
    .map((column) => `, (${column.default ?? 'NULL'})::${column.type} AS ${ident(column.name)}`);
  return `SELECT *${generated.join('')} FROM (SELECT ${stored.join(', ')}) AS given`;
}
