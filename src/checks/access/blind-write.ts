import type { Actor } from '../../design/design.ts';
import type { Breach } from '../../evidence/model.ts';
import type { CheckContext, Sighting } from '../check.ts';
import { blame } from './blame.ts';
import { classesFor } from './classes-by-actor.ts';
import { type Exercise, rowsWhere } from './exercise.ts';
import { describeOutcome, outcomeOf, type StatementOutcome } from './outcome.ts';
import { parsePredicate } from './predicate.ts';
import { reproduceAs } from './reproduce.ts';
import { compareOpened, type Differing, firstOf, openRows, type RowDifference } from './row-difference.ts';
import { contentSql, describeRows, rowSetOf, rowSetSql, sameRows } from './row-set.ts';
import { actorRelation, asRuled, identityOf, isIdentified, type Target } from './target.ts';

/** An UPDATE or DELETE of the whole table. */
export interface BlindWrite {
  readonly command: 'UPDATE' | 'DELETE';
  /**
   * Without WHERE and without reading a column, so that no SELECT policy has a say. The next is tried when a constraint
   * stops one, which says nothing of policies.
   */
  readonly statements: readonly string[];
  readonly says: string;
  readonly by: readonly string[];
  /** Rows that it must touch, over `alias`. */
  readonly where: string;
  /**
   * For each statement, what the rule says of what becomes of a row, over `alias`. One row that may be changed, but not so, and the policy
   * refuses the statement as a whole.
   */
  readonly becomes?: readonly string[];
  readonly alias: '"old"' | '"row"';
}

/**
 * One statement over everything: only the policies of its command stand in its way, and the rows that it leaves alone say
 * exactly which they let through. Triggers and foreign keys are off, so that they cannot hide a policy. Rows that are left
 * alone are those whose xmin is older than this transaction: rows that were deleted or changed are not among them.
 */
export async function blindWrite(
  context: CheckContext,
  target: Target,
  actor: Actor,
  write: BlindWrite,
  exercise: Exercise,
): Promise<{ readonly sightings: readonly Sighting[]; readonly breaches: readonly Breach[] }> {
  const { session } = context;
  const table = target.relation.identity;
  const key = [...target.rules.key];
  const ruled = `${table} AS ${write.alias}, ${actorRelation(context, actor)}`;
  const spared = `${ruled} WHERE NOT coalesce((${write.where}), false)`;
  const predicate = parsePredicate(write.where);
  const classes = await classesFor(context, actor, `${write.command} all ${table}`, {
    relation: `${table} AS ${write.alias}`,
    predicates: [predicate],
    content: contentSql(write.alias, key),
  });
  const left = rowsWhere(predicate, classes, false);
  const expected = { spared: left, total: rowsWhere(predicate, classes).rows + left.rows, classes };
  for (const { vector } of expected.classes) exercise.note(vector, isIdentified(actor));
  // Rows of a view have no xmin: those of the table below are asked about by the table's own rule.
  if (target.relation.kind === 'view') return { sightings: [], breaches: [] };

  const [mark] = await session.query('SELECT pg_current_xact_id()::xid::text AS xid');
  const old = `${table} AS "row" WHERE age("row".xmin) > age('${String(mark?.xid)}'::xid)`;
  const seen = await session.as(identityOf(context, actor, false), async () => {
    let statement = '';
    let outcome: StatementOutcome = { kind: 'untouched' };
    for (statement of write.statements) {
      outcome = outcomeOf(await session.attempt(statement, [], true));
      if (outcome.kind !== 'constraint') break;
    }
    await session.resume();
    const [row] = await session.query(rowSetSql(target, '"row"', old, key));
    const left = rowSetOf(row);
    return { statement, outcome, left };
  });
  const ran = seen.outcome.kind === 'done' || seen.outcome.kind === 'untouched';
  // WITH CHECK may refuse a row that no rule lets the actor touch either: nothing was changed, and that is right.
  const refused = seen.outcome.kind === 'policy' && expected.spared.rows === expected.total;
  const agrees =
    (sameRows(expected.spared, seen.left) && (ran || refused)) ||
    (seen.outcome.kind === 'policy' &&
      seen.left.rows === expected.total &&
      (await mustStop(context, target, actor, write, write.statements.indexOf(seen.statement))));
  const done = write.command === 'UPDATE' ? 'changed' : 'deleted';
  const right = `${describeRows({ rows: expected.total - expected.spared.rows, digest: '' })} ${done}`;
  const actual = ran
    ? `${describeRows({ rows: expected.total - seen.left.rows, digest: '' })} ${done}`
    : describeOutcome(seen.outcome);
  const role = context.design.request.role;
  const sighting: Sighting = {
    subject: table,
    actor: actor.name,
    command: write.command,
    way: `${write.command} of everything`,
    role,
    statement: seen.statement,
    expected: right,
    actual,
    agrees,
    tried: expected.total,
  };
  if (agrees) return { sightings: [sighting], breaches: [] };
  const verb = write.command === 'UPDATE' ? 'change' : 'delete';
  const [wrong, says] = await (async (): Promise<[Differing, string]> => {
    if (context.brief)
      return [none, `${actor.name} can ${verb} other rows of ${table} than the rule gives it`];
    const differs = await differingRows(context, target, actor, write, seen.statement, { spared, old });
    return differs.missing.count > 0
      ? [differs.missing, `${actor.name} can ${verb} rows of ${table} that the rule does not give it`]
      : [differs.extra, `${actor.name} cannot ${verb} rows of ${table} that the rule gives it`];
  })();
  const breach: Breach = {
    says,
    actor: actor.name,
    object: await blame(session, target, write.command, role, write.by),
    ...(wrong.first === undefined ? {} : { row: firstOf(wrong) }),
    expected: `${right}: ${write.says}`,
    actual,
    reproduce: reproduceAs(context, actor, seen.statement, right, false),
  };
  return { sightings: [sighting], breaches: [breach] };
}

const none: Differing = { count: 0, first: undefined };

/** Whether some row may be changed, but not as the statement would change it. */
function mustStop(
  context: CheckContext,
  target: Target,
  actor: Actor,
  { where, becomes = [], alias }: BlindWrite,
  index: number,
): Promise<boolean> {
  const after = becomes[index];
  if (after === undefined) return Promise.resolve(false);
  const table = target.relation.identity;
  return context.remember(`UPDATE all ${table} ${asRuled(actor)} is stopped ${index}`, async () => {
    const [row] = await context.session.query(
      `SELECT EXISTS (SELECT FROM ${table} AS ${alias}, ${actorRelation(context, actor)}
                      WHERE (${where}) AND NOT coalesce((${after}), false)) AS stopped`,
    );
    return row?.stopped === true;
  });
}

/** The statement once more, beside a cursor that still sees the table as it was. */
async function differingRows(
  context: CheckContext,
  target: Target,
  actor: Actor,
  { alias }: BlindWrite,
  statement: string,
  { spared, old }: { readonly spared: string; readonly old: string },
): Promise<RowDifference> {
  const { session } = context;
  return session.undone(async () => {
    await openRows(session, 'pgattest_expected', target, alias, spared);
    return session.as(identityOf(context, actor, false), async () => {
      await session.attempt(statement, [], true);
      await session.resume();
      await openRows(session, 'pgattest_actual', target, '"row"', old);
      return compareOpened(session, 'pgattest_expected', 'pgattest_actual');
    });
  });
}
