import type { Attempt } from '../../../cluster/session.ts';
import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import { describeOutcome, outcomeOf } from '../outcome.ts';
import { actorRelation, asRuled, ident, identityOf } from '../target.ts';
import { type Calls, callsOf, relationOf } from './arguments.ts';
import type { Executable } from './executable.ts';
import type { FunctionRule } from './rule.ts';

/** One call, what came of it, and what should have. */
export interface Called {
  readonly statement: string;
  readonly expected: string;
  readonly actual: string;
  readonly agrees: boolean;
}

const listed = `array_agg(ROW(r.*)::text ORDER BY ROW(r.*)::text COLLATE "C")`;

/** Calls of one function that are to be tried as one actor, and what each must give. */
export interface Planned {
  readonly fn: Executable;
  readonly rule: FunctionRule;
  readonly actor: Actor;
  readonly calls: Calls;
  readonly expected: readonly string[];
}

const byPrivilege = '42501 by privilege';

/** What to call, and what the rule says of it; computed once for all trials. */
export async function planCalls(
  context: CheckContext,
  fn: Executable,
  rule: FunctionRule,
  actor: Actor,
): Promise<Planned> {
  if ('never' in rule) {
    const nulls = fn.types.map((type) => `NULL::${type}`);
    return { fn, rule, actor, calls: { names: [], rows: [nulls] }, expected: [byPrivilege] };
  }
  const calls = await callsOf(context, fn, rule, actor);
  const expected = await context.remember(`function ${fn.identity} ${asRuled(actor)}`, async () =>
    calls.rows.length === 0 ? [] : expectedOf(context, rule, calls, actor),
  );
  return { fn, rule, actor, calls, expected };
}

/** Calls functions as an actor, and compares with what their rules say. */
export async function callAs(
  context: CheckContext,
  actor: Actor,
  planned: readonly Planned[],
): Promise<readonly (readonly Called[])[]> {
  const attempts = await context.session.as(identityOf(context, actor), async () => {
    const ended: (readonly Attempt[])[] = [];
    for (const each of planned) ended.push(await attemptAll(context, each));
    return ended;
  });
  const called: (readonly Called[])[] = [];
  for (const [index, each] of planned.entries()) {
    called.push(await judgeCalls(context, each, attempts[index] ?? []));
  }
  return called;
}

async function judgeCalls(
  context: CheckContext,
  { fn, rule, actor, calls, expected }: Planned,
  attempts: readonly Attempt[],
): Promise<readonly Called[]> {
  const called: Called[] = [];
  for (const [index, row] of calls.rows.entries()) {
    const attempt = attempts[index];
    if (attempt === undefined) break;
    const wanted = expected[index] ?? '';
    const statement = statementOf(fn, row);
    if (attempt.status === 'error') {
      const outcome = outcomeOf(attempt);
      const agrees =
        ('allowed' in rule && wanted === 'an error') || ('never' in rule && outcome.kind === 'privilege');
      called.push({ statement, expected: wanted, actual: describeOutcome(outcome), agrees });
      continue;
    }
    const values = (attempt.rows[0]?.result as (string | null)[] | null) ?? [];
    let actual = 'allowed' in rule || 'never' in rule ? 'done' : shown(values);
    if ('holds' in rule) {
      const bare = (attempt.rows[0]?.bare ?? null) as string | null;
      actual = (await holds(context, rule.holds, calls, row, actor, bare)) ? wanted : `${bare}`;
    }
    called.push({ statement, expected: wanted, actual, agrees: actual === wanted });
  }
  return called;
}

/** All calls in one statement; when that fails, and for calls that do something, each by itself. */
async function attemptAll(
  { session }: CheckContext,
  { fn, rule, calls }: Planned,
): Promise<readonly Attempt[]> {
  const apart = 'allowed' in rule || 'never' in rule || fn.isProcedure;
  if (!apart && calls.rows.length > 0) {
    const given = calls.names.map((name) => `args.${ident(name)}`);
    const together = await session.attempt(
      `SELECT args."pgattest n" AS n, result.* FROM ${relationOf(calls)}
       CROSS JOIN LATERAL (${resultOf(fn, given)}) AS result ORDER BY 1`,
    );
    if (together.status === 'done') {
      return together.rows.map((row) => ({ status: 'done', rows: [row], count: 1 }));
    }
  }
  const ended: Attempt[] = [];
  for (const row of calls.rows) ended.push(await session.attempt(statementOf(fn, row)));
  return ended;
}

function statementOf(fn: Executable, given: readonly string[]): string {
  return fn.isProcedure ? `CALL ${callOf(fn, given)}` : resultOf(fn, given);
}

/** A query for what a call gives: its rows as one array, and the first value as it is. */
function resultOf(fn: Executable, given: readonly string[]): string {
  const call = callOf(fn, given);
  const source = fn.returnsArray ? `unnest(${call})` : call;
  const bare = fn.returnsOne ? 'min(r::text)' : 'NULL::text';
  return `SELECT ${listed} AS result, ${bare} AS bare FROM ${source} AS r`;
}

function callOf(fn: Executable, given: readonly string[]): string {
  const list = given.map((sql, index) =>
    fn.variadic && index === given.length - 1 ? `VARIADIC ${sql}` : sql,
  );
  return `${fn.name}(${list.join(', ')})`;
}

async function expectedOf(
  context: CheckContext,
  rule: Exclude<FunctionRule, { never: unknown }>,
  calls: Calls,
  actor: Actor,
): Promise<readonly string[]> {
  if ('holds' in rule) return calls.rows.map(() => `a value for which ${rule.holds}`);
  const query = 'returns' in rule ? `SELECT (${rule.returns}) AS value` : 'rows' in rule ? rule.rows : '';
  const result =
    'allowed' in rule
      ? `ARRAY[CASE WHEN (${rule.allowed}) THEN 'done' ELSE 'an error' END]`
      : `(SELECT ${listed} FROM (${query}) AS r)`;
  const rows = await context.session.query(
    `SELECT args."pgattest n" AS n, ${result} AS result
     FROM ${actorRelation(context, actor)} CROSS JOIN ${relationOf(calls)} ORDER BY 1`,
  );
  return rows.map((row) => shown((row.result as string[] | null) ?? []));
}

async function holds(
  context: CheckContext,
  condition: string,
  { names }: Calls,
  row: readonly string[],
  actor: Actor,
  value: string | null,
): Promise<boolean> {
  const [judged] = await context.session.query(
    `SELECT coalesce((${condition}), false) AS holds
     FROM ${actorRelation(context, actor)} CROSS JOIN ${relationOf({ names, rows: [row] })}
     CROSS JOIN (SELECT $1::text AS value) AS result`,
    [value],
  );
  return judged?.holds === true;
}

/** The rows, or for many how they begin and a hash that tells them from others. */
function shown(values: readonly (string | null)[]): string {
  if (values.length === 0) return 'no row';
  if (values.length <= 8) return values.join(' ');
  return `${values.length} rows, hash ${hashOf(values)}: ${values.slice(0, 8).join(' ')} …`;
}

function hashOf(values: readonly (string | null)[]): string {
  let hash = 7n;
  for (const char of values.join('\n')) {
    hash = (hash * 1_000_003n + BigInt(char.codePointAt(0) ?? 0)) % (1n << 61n);
  }
  return hash.toString(16);
}
