import { blame } from '../../checks/access/blame.ts';
import { describeOutcome, outcomeOf } from '../../checks/access/outcome.ts';
import { reproduceAs } from '../../checks/access/reproduce.ts';
import { keyText, targetOf } from '../../checks/access/target.ts';
import { aligned } from '../failure-text.ts';
import { ActorView } from '../open-design.ts';
import { rulePlace } from '../rule-place.ts';
import { roleText } from '../touched.ts';
import type { Matched } from './types.ts';

export interface ToSeeOptions {
  /** SQL over "row": `"row".status = $1`. */
  readonly where?: string;
  /** Parameters of `where`. */
  readonly values?: readonly unknown[];
  /** How many rows, or the keys of all of them (of several columns: joined with ` / `). Default: at least one. */
  readonly rows?: number | readonly string[];
}

/** Compares what an actor reads of a table with what is expected. */
export async function toSee(
  received: unknown,
  table: string,
  { where, values = [], rows }: ToSeeOptions = {},
): Promise<Matched> {
  if (!(received instanceof ActorView)) throw new TypeError("expect(db.as('…')).toSee(…): that is no actor");
  const { db, actor } = received;
  const rules = db.design.access.find((each) => each.table === table);
  if (rules === undefined) throw new Error(`${db.design.name} has no rules for ${table}`);
  const transaction = await db.transaction();
  const target = targetOf(transaction.context, table);
  const statement = `SELECT ${keyText(target, '"row"')} AS key FROM ${table} AS "row"${where === undefined ? '' : ` WHERE (${where})`} ORDER BY 1`;
  const { attempt } = await transaction.run(actor, statement, values);
  const seen = attempt.status === 'done' ? attempt.rows.map(({ key }) => String(key)) : undefined;
  const outcome = outcomeOf(attempt);
  // A mistake in `where` is no sign that the actor sees nothing.
  if (outcome.kind === 'constraint' || outcome.kind === 'other') {
    throw new Error(`${actor.name}: ${describeOutcome(outcome)}\n${aligned({ statement })}`);
  }
  const expected = typeof rows === 'object' ? [...rows] : undefined;
  const missing = expected?.filter((key) => !(seen ?? []).includes(key)) ?? [];
  const extra = expected === undefined ? [] : (seen ?? []).filter((key) => !expected.includes(key));
  const pass = seen !== undefined && agrees(seen, rows, missing.length + extra.length);

  const details = await transaction.look(async (context) => ({
    policy: await blame(context.session, target, 'SELECT', context.design.request.role, rules.select.by),
    as: roleText(context, actor),
    script: reproduceAs(context, actor, statement, expectation(rows)),
  }));
  const rule = rulePlace(db.from, { kind: 'access.select', table });
  const message = () => {
    const [first = seen?.[0]] = [...missing, ...extra];
    const head = pass
      ? `${actor.name} sees ${countOf(seen)} of ${table}, and should not`
      : missing.length > 0 && seen !== undefined
        ? `${actor.name} does not see row ${first} of ${table}`
        : extra.length > 0
          ? `${actor.name} sees row ${first} of ${table}, and should not`
          : `${actor.name} sees ${seen === undefined ? 'nothing' : countOf(seen)} of ${table}`;
    const body = aligned({
      expected: pass ? `not ${expectation(rows)}` : expectation(rows),
      actual: seen === undefined ? describeOutcome(outcome) : listOf(seen),
      row: first,
      missing: missing.length > 1 ? listOf(missing) : undefined,
      extra: extra.length > 1 ? listOf(extra) : undefined,
      statement: values.length === 0 ? statement : `${statement} with ${JSON.stringify(values)}`,
      as: details.as,
      by: details.policy,
      says: rules.select.says,
      rule: rule === undefined ? undefined : `${rule.file}:${rule.line}`,
    });
    return `${head}\n${body}${values.length === 0 ? `\n\n${details.script}` : ''}`;
  };
  return { pass, message };
}

function agrees(seen: readonly string[], rows: ToSeeOptions['rows'], different: number): boolean {
  if (rows === undefined) return seen.length > 0;
  if (typeof rows === 'number') return seen.length === rows;
  return different === 0 && seen.length === rows.length;
}

function expectation(rows: ToSeeOptions['rows']): string {
  if (rows === undefined) return 'at least 1 row';
  return typeof rows === 'number' ? (rows === 1 ? '1 row' : `${rows} rows`) : listOf(rows);
}

function countOf(keys: readonly string[]): string {
  return keys.length === 1 ? '1 row' : `${keys.length} rows`;
}

function listOf(keys: readonly string[]): string {
  const shown = keys.slice(0, 3).join(', ');
  if (keys.length === 0) return '0 rows';
  return `${countOf(keys)}: ${shown}${keys.length > 3 ? `, and ${keys.length - 3} more` : ''}`;
}
