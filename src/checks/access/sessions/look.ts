import type { Attempt } from '../../../cluster/session.ts';
import type { Actor } from '../../../design/design.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { CheckContext, Sighting } from '../../check.ts';
import { blame } from '../blame.ts';
import { expectedRows } from '../expected-rows.ts';
import { describeOutcome, outcomeOf } from '../outcome.ts';
import { describeRows, type RowSet, rowSetOf, rowSetSql, sameRows } from '../row-set.ts';
import { ident, literal, loginSettings, type Target } from '../target.ts';
import type { State } from './states.ts';

export interface Seen {
  readonly sightings: readonly Sighting[];
  readonly breaches: readonly Breach[];
}

/** What else may come out, beside the rows of the rule: an error of these kinds. */
export type Tolerated = 'nothing else' | 'any 42501';

/** What it takes to be in a state: how to become it, and for the breach how to get there in psql. */
export interface Looker {
  readonly state: State;
  /** Settings beside those of the state: `row_security`. */
  readonly also?: Readonly<Record<string, string>>;
  /** Run first, as the request role; it stays: `SET LOCAL ROLE`. */
  readonly first?: string;
  readonly tolerates: Tolerated;
}

/** Reads every table in a state; each must give what the rule gives whoever the state counts as. */
export async function lookAt(
  context: CheckContext,
  targets: readonly Target[],
  looker: Looker,
): Promise<Seen> {
  const readable = targets.filter(({ rules }) => !('never' in rules.select));
  const expected = new Map<Target, readonly RowSet[]>();
  for (const target of readable) {
    const sets = await Promise.all(
      looker.state.as.map(async (actor) => (await expectedOf(context, target, actor)) as RowSet),
    );
    expected.set(target, sets);
  }
  const attempts = await inState(context, looker, () => readAll(context, readable));
  const sightings: Sighting[] = [];
  const breaches: Breach[] = [];
  for (const target of readable) {
    const attempt = attempts.get(target);
    if (attempt === undefined) continue;
    const right = expected.get(target) ?? [];
    const statement = statementOf(target);
    const { agrees, actual } = judge(looker.tolerates, right, attempt);
    const wanted = wantedOf(looker.tolerates, right);
    sightings.push({
      subject: target.relation.identity,
      actor: looker.state.as[0].name,
      command: 'SELECT',
      way: looker.state.name,
      role: context.design.request.role,
      statement,
      expected: wanted,
      actual,
      agrees,
    });
    if (agrees) continue;
    const role = context.design.request.role;
    breaches.push({
      says: `${target.relation.identity} gives ${actual} when ${looker.state.name}`,
      object: await blame(context.session, target, 'SELECT', role),
      expected: wanted,
      actual,
      reproduce: reproduceState(context, looker, statement, wanted),
    });
    if (context.stopAtFirstBreach) break;
  }
  return { sightings, breaches };
}

async function expectedOf(context: CheckContext, target: Target, actor: Actor): Promise<RowSet> {
  const rule = target.rules.select;
  if ('never' in rule) return { rows: 0, digest: '0 0' };
  return (await expectedRows(context, target, rule, actor)).rows;
}

/** All tables in one statement; when that fails, each by itself. */
async function readAll(
  context: CheckContext,
  targets: readonly Target[],
): Promise<ReadonlyMap<Target, Attempt>> {
  const parts = targets.map((target, n) => `SELECT ${n} AS n, * FROM (${statementOf(target)}) AS one`);
  const together = await context.session.attempt(parts.join(' UNION ALL '));
  if (together.status === 'done') {
    return new Map(
      together.rows.flatMap((row) => {
        const target = targets[Number(row.n)];
        return target === undefined ? [] : [[target, { status: 'done', rows: [row], count: 1 }] as const];
      }),
    );
  }
  const found = new Map<Target, Attempt>();
  for (const target of targets) found.set(target, await context.session.attempt(statementOf(target)));
  return found;
}

function statementOf(target: Target): string {
  return rowSetSql(target, '"row"', `${target.relation.identity} AS "row"`);
}

/** Becomes the request role with the settings of the state, and runs what goes first. */
export async function inState<T>(
  context: CheckContext,
  { state, also, first }: Looker,
  work: () => Promise<T>,
  triggers = true,
): Promise<T> {
  const { role } = context.design.request;
  const settings = { ...loginSettings(context.catalog, role), ...state.settings, ...also };
  return context.session.as({ role, settings, triggers }, async () => {
    if (first !== undefined) await context.session.attempt(first, [], true);
    return work();
  });
}

function judge(
  tolerates: Tolerated,
  right: readonly RowSet[],
  attempt: Attempt,
): { agrees: boolean; actual: string } {
  if (attempt.status === 'error') {
    const agrees = tolerates === 'any 42501' && attempt.error.sqlstate === '42501';
    return { agrees, actual: describeOutcome(outcomeOf(attempt)) };
  }
  const got = rowSetOf(attempt.rows[0]);
  const agrees = right.some((set) => sameRows(set, got));
  const other = right.some(({ rows }) => rows === got.rows) && !agrees ? ', of other content' : '';
  return { agrees, actual: `${describeRows(got)}${other}` };
}

function wantedOf(tolerates: Tolerated, right: readonly RowSet[]): string {
  const rows = [...new Set(right.map(describeRows))].join(' or ');
  return tolerates === 'any 42501' ? `${rows}, or 42501` : rows;
}

/** A script for psql, as a superuser, that shows what a state gives and leaves nothing behind. */
export function reproduceState(
  context: CheckContext,
  { state, also, first }: Looker,
  statement: string,
  expected: string,
): string {
  const settings = Object.entries({ ...state.settings, ...also });
  return [
    'BEGIN;',
    ...settings.map(([name, value]) => `SELECT set_config(${literal(name)}, ${literal(value)}, true);`),
    `SET LOCAL SESSION AUTHORIZATION ${ident(context.design.request.role)};`,
    ...(first === undefined ? [] : [`${first};`]),
    `${statement}; -- expected: ${expected}`,
    'ROLLBACK;',
  ].join('\n');
}
