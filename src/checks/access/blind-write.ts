import type { Actor } from '../../design/design.ts';
import type { Breach } from '../../evidence/model.ts';
import type { CheckContext, Sighting } from '../check.ts';
import { blame } from './blame.ts';
import { classesOf, type Exercise } from './exercise.ts';
import { describeOutcome, outcomeOf, type StatementOutcome } from './outcome.ts';
import { parsePredicate } from './predicate.ts';
import { reproduceAs } from './reproduce.ts';
import { describeRows, difference, listRows, rowSetOf, rowSetSql, sameRows } from './row-set.ts';
import { actorRelation, identityOf, isIdentified, type Target } from './target.ts';

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
): Promise<{ readonly sighting: Sighting; readonly breaches: readonly Breach[] }> {
  const { session } = context;
  const table = target.relation.identity;
  const key = [...target.rules.key];
  const ruled = `${table} AS ${write.alias}, ${actorRelation(context, actor)}`;
  const spared = `${ruled} WHERE NOT coalesce((${write.where}), false)`;
  const expected = await context.remember(`${write.command} all ${table} ${actor.name}`, async () => {
    const [row] = await session.query(rowSetSql(target, write.alias, spared, key));
    const [total] = await session.query(`SELECT count(*)::int AS rows FROM ${table}`);
    const classes = await classesOf(session, [parsePredicate(write.where)], ruled);
    return { spared: rowSetOf(row), total: Number(total?.rows), classes };
  });
  for (const { vector } of expected.classes) exercise.note(vector, isIdentified(actor));

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
    const rows = sameRows(expected.spared, left) ? undefined : await listRows(session, target, '"row"', old);
    return { statement, outcome, left, rows };
  });
  const ran = seen.outcome.kind === 'done' || seen.outcome.kind === 'untouched';
  // WITH CHECK may refuse a row that no rule lets the actor touch either: nothing was changed, and that is right.
  const refused = seen.outcome.kind === 'policy' && expected.spared.rows === expected.total;
  const agrees = sameRows(expected.spared, seen.left) && (ran || refused);
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
  if (agrees) return { sighting, breaches: [] };
  const rows = difference(await listRows(session, target, write.alias, spared), seen.rows ?? new Map());
  const verb = write.command === 'UPDATE' ? 'change' : 'delete';
  const [wrong, says] =
    rows.missing.length > 0
      ? [rows.missing, `${actor.name} can ${verb} rows of ${table} that the rule does not give it`]
      : [rows.extra, `${actor.name} cannot ${verb} rows of ${table} that the rule gives it`];
  const breach: Breach = {
    says,
    actor: actor.name,
    object: await blame(session, target, write.command, role, write.by),
    ...(wrong[0] === undefined
      ? {}
      : { row: wrong.length === 1 ? wrong[0] : `${wrong[0]} and ${wrong.length - 1} more` }),
    expected: `${right}: ${write.says}`,
    actual,
    reproduce: reproduceAs(context, actor, seen.statement, right, false),
  };
  return { sighting, breaches: [breach] };
}
