import type { Actor } from '../../design/design.ts';
import type { RowRule } from '../../design/rules.ts';
import type { Breach } from '../../evidence/model.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../check.ts';
import { oneLine } from '../one-line.ts';
import { blame } from './blame.ts';
import { barest, type Forbidden, forbidding, pastParent, tryForbidden } from './denied-by-privilege.ts';
import { Exercise } from './exercise.ts';
import { expectedRows } from './expected-rows.ts';
import { accessFaults } from './faults.ts';
import { describeOutcome, outcomeOf } from './outcome.ts';
import { parsePredicate } from './predicate.ts';
import { reproduceAs } from './reproduce.ts';
import { compareOpened, type Differing, firstOf, openRows } from './row-difference.ts';
import { describeRows, type RowSet, readableColumns, rowSetOf, rowSetSql, sameRows } from './row-set.ts';
import { judge, type TableParameters, tableParameters } from './table-check.ts';
import {
  actorRelation,
  columnList,
  ident,
  identityOf,
  isIdentified,
  literal,
  type Target,
  targetOf,
} from './target.ts';
import { newKeys } from './ways/new-keys.ts';
import { Novelty } from './ways/novelty.ts';
import { secretWays } from './ways/secret-ways.ts';
import { tryReadWays } from './ways/try-reads.ts';

/** What each actor reads of a table is what the rule says, row for row. */
export const accessSelect = defineCheck({
  kind: 'access.select',
  family: 'access',
  says: 'each actor reads exactly the rows that the rule gives it, and no secret column',
  parameters: tableParameters,
  needs: ['superuser'],
  tables: ({ table }) => [table],
  run: runSelect,
  faults: (context, { table }) => accessFaults(context, table, 'SELECT'),
});

async function* runSelect(
  context: CheckContext,
  { table }: TableParameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const target = targetOf(context, table);
  const rule = target.rules.select;
  const breaches: Breach[] = [];
  const exercise = new Exercise('never' in rule ? [] : [parsePredicate(rule.where)]);
  const stop = () => context.stopAtFirstBreach && breaches.length > 0;
  for (const actor of context.actors) {
    if (!('never' in rule)) {
      const seen = await readAs(context, target, rule, actor, exercise);
      yield seen.sighting;
      breaches.push(...seen.breaches);
    }
    const forbidden = await tryForbidden(
      context,
      actor,
      forbiddenReads(context, target, actor === context.actors[0]),
    );
    yield* forbidden.sightings;
    breaches.push(...forbidden.breaches);
    if (stop()) break;
  }
  // After all actors have been asked plainly: a fault is mostly noticed by then. A breach of the rule itself would show in
  // every way again.
  const novelty = new Novelty();
  for (const actor of breaches.length > 0 ? [] : context.actors) {
    if ('never' in rule || stop()) break;
    const { rows, classes } = await expectedRows(context, target, rule, actor);
    const keys = await newKeys(context, target, actor, classes, novelty);
    const seen = await tryReadWays(context, target, rule, actor, keys, rows.rows);
    yield* seen.sightings;
    breaches.push(...seen.breaches);
  }
  return judge(breaches, exercise.missing());
}

async function readAs(
  context: CheckContext,
  target: Target,
  rule: RowRule,
  actor: Actor,
  exercise: Exercise,
) {
  const { session } = context;
  const expected = await expectedRows(context, target, rule, actor);
  for (const { vector } of expected.classes) exercise.note(vector, isIdentified(actor));

  const statement = rowSetSql(target, '"row"', `${target.relation.identity} AS "row"`);
  const attempt = await session.as(identityOf(context, actor), () => session.attempt(statement));
  const actual = attempt.status === 'done' ? rowSetOf(attempt.rows[0]) : undefined;
  const agrees = actual !== undefined && sameRows(expected.rows, actual);
  const outcome = actual === undefined ? describeOutcome(outcomeOf(attempt)) : describeRows(actual);
  const sighting: Sighting = {
    subject: target.relation.identity,
    actor: actor.name,
    command: 'SELECT',
    way: 'SELECT',
    role: context.design.request.role,
    statement,
    expected: `${describeRows(expected.rows)} where ${oneLine(rule.where)}`,
    actual: outcome,
    agrees,
    tried: expected.rows.rows,
  };
  const breaches = agrees
    ? []
    : await readBreaches(context, target, rule, actor, expected.rows, actual ?? outcome);
  return { sighting, breaches };
}

async function readBreaches(
  context: CheckContext,
  target: Target,
  rule: RowRule,
  actor: Actor,
  expectedRows: RowSet,
  gotten: RowSet | string,
): Promise<Breach[]> {
  const { session } = context;
  const table = target.relation.identity;
  const object = await blame(session, target, 'SELECT', context.design.request.role, rule.by);
  const all = `SELECT ${columnList(readableColumns(target))} FROM ${table}`;
  if (typeof gotten === 'string') {
    return [
      {
        says: `${actor.name} cannot read ${table} at all`,
        actor: actor.name,
        object,
        expected: rule.says,
        actual: gotten,
        reproduce: reproduceAs(context, actor, all, 'rows, no error'),
      },
    ];
  }
  const differing = async (): Promise<Breach[]> => {
    const differs = await session.undone(async () => {
      const right = `${table} AS "row", ${actorRelation(context, actor)} WHERE (${rule.where})`;
      await openRows(session, 'pgattest_expected', target, '"row"', right);
      return session.as(identityOf(context, actor), async () => {
        await openRows(session, 'pgattest_actual', target, '"row"', `${table} AS "row"`);
        return compareOpened(session, 'pgattest_expected', 'pgattest_actual');
      });
    });
    const breach = (says: string, rows: Differing, expected: string): Breach[] => {
      if (rows.first === undefined) return [];
      const where = `${keyExpression(target)} = ${literal(rows.first)}`;
      return [
        {
          says: `${actor.name} ${says}`,
          actor: actor.name,
          object,
          row: firstOf(rows),
          expected: `${expected}: ${rule.says}`,
          actual: `${describeRows({ rows: differs.actual, digest: '' })} read, ${differs.expected} right`,
          reproduce: reproduceAs(context, actor, `${all} WHERE ${where}`, expected),
        },
      ];
    };
    return [
      ...breach(
        `reads ${count(differs.extra)} of ${table} that the rule does not give it`,
        differs.extra,
        'no row',
      ),
      ...breach(
        `does not see ${count(differs.missing)} of ${table} that the rule gives it`,
        differs.missing,
        'one row',
      ),
      ...breach(
        `sees other content in ${count(differs.changed)} of ${table}`,
        differs.changed,
        'the stored row',
      ),
    ];
  };
  const found = context.brief ? [] : await differing();
  if (found.length > 0) return found;
  // A view that hides rows from a superuser too gives no keys to compare: the two sets differed all the same.
  return [
    {
      says: `${actor.name} reads other rows of ${table} than the rule gives it`,
      actor: actor.name,
      object,
      expected: `${describeRows(expectedRows)}: ${rule.says}`,
      actual: `${describeRows(gotten)} read`,
      reproduce: reproduceAs(context, actor, all, describeRows(expectedRows)),
    },
  ];
}

function keyExpression(target: Target): string {
  const parts = target.rules.key.map((name) => `${ident(name)}::text`);
  return parts.length === 1 ? (parts[0] ?? '') : `concat_ws(' / ', ${parts.join(', ')})`;
}

/**
 * Reads that nobody may do: the table itself when the rule says never, and secret columns. Partitions by name too, once:
 * privileges are the role's, so what holds for one actor holds for all.
 */
function forbiddenReads(context: CheckContext, target: Target, once: boolean): readonly Forbidden[] {
  const { rules, relation } = target;
  const table = relation.identity;
  const forbid = forbidding(target, 'SELECT');
  const own =
    'never' in rules.select
      ? [forbid('SELECT', barest('SELECT', relation, target.stored), `read ${table}`)]
      : (rules.secret ?? []).map((name) =>
          forbid(
            `SELECT ${name}`,
            `SELECT ${ident(name)} FROM ${table} LIMIT 1`,
            `read the secret column ${name} of ${table}`,
          ),
        );
  return [...own, ...(once ? [...secretWays(context, target), ...pastParent(target, 'SELECT', 'read')] : [])];
}

function count({ count: rows }: Differing): string {
  return rows === 1 ? 'one row' : `${rows} rows`;
}
