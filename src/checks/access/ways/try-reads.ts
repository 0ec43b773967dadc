import type { Attempt, Session } from '../../../cluster/session.ts';
import type { Actor } from '../../../design/design.ts';
import type { RowRule } from '../../../design/rules.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { CheckContext, Sighting } from '../../check.ts';
import { blame } from '../blame.ts';
import { describeOutcome, outcomeOf } from '../outcome.ts';
import { reproduceAs } from '../reproduce.ts';
import { describeRows, type RowSet, rowSetOf, rowSetSql, sameRows } from '../row-set.ts';
import { actorRelation, asRuled, columnList, identityOf, literal, type Target } from '../target.ts';
import { hasChildren } from './children.ts';
import { amongKeys, amongKeysOf, type ReadWay, readWays, sameRowAs } from './read-ways.ts';

/** What one way must give: rows, known by count and hash or by count alone, or no privilege. */
type Expected =
  | { readonly kind: 'rows'; readonly rows: RowSet }
  | { readonly kind: 'count'; readonly rows: number }
  | { readonly kind: 'privilege' };

interface Try {
  readonly name: string;
  readonly statement: string;
  readonly expected: Expected;
  /** Opens a cursor first, and then reads from it. */
  readonly cursor?: boolean;
}

const noRows: RowSet = { rows: 0, digest: '0 0' };

/** COPY of a whole table sends every row to the client: beyond this many it is tried for a few rows alone. */
const copiedWhole = 5_000;

/** Ways that are no FROM clause, and so no entry of `readWays`. */
const [byCursor, byCount, copyOfQuery, copyOfTable] = [
  'SELECT by a cursor',
  'SELECT count(*)',
  'COPY of a query',
  'COPY of the table',
] as const;
export const otherReadWays: readonly string[] = [byCursor, byCount, copyOfQuery, copyOfTable];

type Keys = readonly (readonly (string | null)[])[];

/**
 * Reads one row of each class of the rule in every form of statement that PostgreSQL knows: what comes out must be what the rule
 * gives of them, whatever the form.
 *
 * @param keys one row of each class
 * @param whole how many rows the rule gives in all
 */
export async function tryReadWays(
  context: CheckContext,
  target: Target,
  rule: RowRule,
  actor: Actor,
  keys: Keys,
  whole: number,
): Promise<{ readonly sightings: readonly Sighting[]; readonly breaches: readonly Breach[] }> {
  if (keys.length === 0) return { sightings: [], breaches: [] };
  const { session } = context;
  const table = target.relation.identity;
  const tries = await context.remember(`ways of select ${table} ${asRuled(actor)}`, () =>
    triesOf(context, target, rule, actor, keys, whole),
  );
  const sightings: Sighting[] = [];
  const wrong: { readonly one: Try; readonly actual: string }[] = [];
  await session.as(identityOf(context, actor), async () => {
    const together = await attemptTogether(session, tries);
    for (const one of tries) {
      const attempt = together.get(one.name) ?? (await attemptRead(session, one));
      const { agrees, actual } = judgeRead(one.expected, attempt);
      sightings.push({
        subject: table,
        actor: actor.name,
        command: 'SELECT',
        way: one.name,
        role: context.design.request.role,
        statement: one.statement,
        expected: describeExpected(one.expected),
        actual,
        agrees,
      });
      if (!agrees) wrong.push({ one, actual });
      if (!agrees && context.stopAtFirstBreach) break;
    }
  });
  const breaches: Breach[] = [];
  for (const { one, actual } of wrong) {
    const expected = describeExpected(one.expected);
    breaches.push({
      says: `${actor.name} gets something else of ${table} by ${one.name} than the rule gives it`,
      actor: actor.name,
      object: await blame(session, target, 'SELECT', context.design.request.role, rule.by),
      expected: `${expected}: ${rule.says}`,
      actual,
      reproduce: reproduceAs(context, actor, one.statement, expected),
    });
  }
  return { sightings, breaches };
}

async function triesOf(
  context: CheckContext,
  target: Target,
  rule: RowRule,
  actor: Actor,
  keys: Keys,
  whole: number,
): Promise<readonly Try[]> {
  const table = target.relation.identity;
  const ruled = `${table} AS "row" CROSS JOIN ${actorRelation(context, actor)}`;
  const given = `(${rule.where}) AND ${amongKeysOf(target, keys, '"row"')}`;
  const rowsOf = async (from: string) => {
    const [row] = await context.session.query(rowSetSql(target, '"row"', from));
    return rowSetOf(row);
  };
  const plain = await rowsOf(`${ruled} WHERE ${given}`);
  const { update } = target.rules;
  const both: Expected =
    'never' in update
      ? { kind: 'privilege' }
      : {
          kind: 'rows',
          rows: await rowsOf(`${ruled} ${sameRowAs('old')} WHERE ${given} AND (${update.where})`),
        };
  const parent = await hasChildren(context, target);
  const only = (where: string) => rowsOf(`ONLY ${ruled} WHERE ${where}`);
  const ownRows = target.relation.kind === 'partitioned table' ? noRows : parent ? await only(given) : plain;
  const expectedOf = (way: ReadWay): Expected => {
    if (way.expects === 'own rows') return { kind: 'rows', rows: ownRows };
    return way.expects === 'rule' ? { kind: 'rows', rows: plain } : both;
  };
  const condition = amongKeys(target, keys);
  const columns = columnList(target.readable.map(({ name }) => name));
  // COPY of a table takes no generated column.
  const stored = columnList(target.readable.filter(({ generated }) => !generated).map(({ name }) => name));
  const some = `SELECT ${columns} FROM ${table} WHERE ${condition}`;
  const count: Expected = { kind: 'count', rows: plain.rows };
  return [
    ...readWays
      .filter((way) => way.applies(target) && !(context.readOnly === true && way.locks === true))
      .map((way) => ({
        name: way.name,
        statement: rowSetSql(target, '"row"', way.from(target, condition)),
        expected: expectedOf(way),
      })),
    {
      name: byCursor,
      statement: `DECLARE "pgattest" CURSOR FOR ${rowSetSql(target, '"row"', `(${some}) AS "row"`)}`,
      expected: { kind: 'rows', rows: plain },
      cursor: true,
    },
    {
      name: byCount,
      statement: `SELECT count(*)::int AS rows, '' AS digest FROM ${table} WHERE ${condition}`,
      expected: count,
    },
    { name: copyOfQuery, statement: `COPY (${some}) TO STDOUT`, expected: count },
    ...(target.relation.kind === 'table' && whole <= copiedWhole
      ? [
          {
            name: copyOfTable,
            statement: `COPY ${table} (${stored}) TO STDOUT`,
            expected: { kind: 'count', rows: parent ? (await only(`(${rule.where})`)).rows : whole } as const,
          },
        ]
      : []),
    ...(target.readable.length === target.columns.length
      ? []
      : [{ name: 'TABLE', statement: `TABLE ${table}`, expected: { kind: 'privilege' } as const }]),
  ];
}

/** What needs neither a cursor nor COPY goes into one statement; when that fails, each is tried by itself. */
async function attemptTogether(
  session: Session,
  tries: readonly Try[],
): Promise<ReadonlyMap<string, Attempt>> {
  const plain = tries.filter(({ statement, expected, cursor }) => {
    return cursor !== true && expected.kind !== 'privilege' && statement.startsWith('SELECT');
  });
  const parts = plain.map(
    ({ name, statement }) => `SELECT ${literal(name)} AS way, * FROM (${statement}) AS one`,
  );
  const attempt = await session.attempt(parts.join(' UNION ALL '));
  if (attempt.status === 'error') return new Map();
  // A wrong one is tried by itself too: a breach must name its own way.
  const wrong = plain.some(({ name, expected }) => {
    const row = attempt.rows.find(({ way }) => way === name);
    return !judgeRead(expected, { status: 'done', rows: row === undefined ? [] : [row], count: 1 }).agrees;
  });
  if (wrong) return new Map();
  return new Map(
    attempt.rows.map((row) => [String(row.way), { status: 'done', rows: [row], count: 1 } as const]),
  );
}

async function attemptRead(session: Session, one: Try): Promise<Attempt> {
  if (one.cursor !== true) return session.attempt(one.statement);
  return session.undone(async () => {
    const opened = await session.attempt(one.statement, [], true);
    return opened.status === 'error' ? opened : session.attempt('FETCH ALL FROM "pgattest"');
  });
}

function judgeRead(expected: Expected, attempt: Attempt): { agrees: boolean; actual: string } {
  if (attempt.status === 'error') {
    const outcome = outcomeOf(attempt);
    return {
      agrees: expected.kind === 'privilege' && outcome.kind === 'privilege',
      actual: describeOutcome(outcome),
    };
  }
  const [first] = attempt.rows;
  const got = first?.digest === undefined ? { rows: attempt.count, digest: '' } : rowSetOf(first);
  const agrees =
    (expected.kind === 'rows' && sameRows(expected.rows, got)) ||
    (expected.kind === 'count' && expected.rows === got.rows);
  const sameCount = expected.kind === 'rows' && expected.rows.rows === got.rows && !agrees;
  return { agrees, actual: `${describeRows(got)}${sameCount ? ', of other content' : ''}` };
}

function describeExpected(expected: Expected): string {
  if (expected.kind === 'privilege') return '42501 by privilege';
  const rows = expected.kind === 'rows' ? expected.rows.rows : expected.rows;
  return describeRows({ rows, digest: '' });
}
