import { constraintsOf } from '../../../catalog/index.ts';
import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import { insertCandidates } from '../candidates.ts';
import { describeOutcome, outcomeOf, type StatementOutcome } from '../outcome.ts';
import { describeRows, rowSetOf, rowSetSql } from '../row-set.ts';
import { insertStatement } from '../statements.ts';
import { asRuled, identityOf, type Target } from '../target.ts';
import { neutralChanges } from '../update.ts';

/** What an actor gets by one statement: rows with their hash, or how many it touched, or the error. */
export interface Glimpse {
  readonly target: Target;
  readonly command: 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';
  readonly statement: string;
  readonly got: string;
  readonly shown: string;
  /**
   * It ends by a foreign key with a UUID in it: a row of one's own that names a row that is gone. Who knows the UUID was given it, as
   * with unique keys and references that are tried on purpose (oracles.ts).
   */
  readonly missesNamed?: boolean;
}

/** Looks at the database as an actor; everything that it does is undone. */
export type View = (
  context: CheckContext,
  targets: readonly Target[],
  actor: Actor,
) => Promise<readonly Glimpse[]>;

/** Everything that an actor reads. */
export async function reads(
  context: CheckContext,
  targets: readonly Target[],
  actor: Actor,
): Promise<readonly Glimpse[]> {
  const readable = targets.filter(({ rules }) => !('never' in rules.select));
  const parts = readable.map((target, n) => `SELECT ${n} AS n, * FROM (${statementOf(target)}) AS one`);
  const glimpse = (target: Target, got: string, shown: string): Glimpse => {
    return { target, command: 'SELECT', statement: statementOf(target), got, shown };
  };
  return context.session.as(identityOf(context, actor), async () => {
    const together = await context.session.attempt(parts.join(' UNION ALL '));
    const found: Glimpse[] = [];
    for (const [n, target] of readable.entries()) {
      const attempt =
        together.status === 'done'
          ? { ...together, rows: together.rows.filter((row) => Number(row.n) === n) }
          : await context.session.attempt(statementOf(target));
      if (attempt.status === 'error') {
        const error = describeOutcome(outcomeOf(attempt));
        found.push(glimpse(target, error, error));
        continue;
      }
      const rows = rowSetOf(attempt.rows[0]);
      found.push(
        glimpse(target, `${rows.rows} ${rows.digest}`, `${describeRows(rows)}, hash ${rows.digest}`),
      );
    }
    return found;
  });
}

type Write = Pick<Glimpse, 'target' | 'command' | 'statement'>;

/** What changing and deleting everything does, without triggers; and what adding a row does that the rule lets the actor add, with them. */
export async function writes(
  context: CheckContext,
  targets: readonly Target[],
  actor: Actor,
): Promise<readonly Glimpse[]> {
  const whole: Write[] = [];
  const added: Write[] = [];
  for (const target of targets) {
    const { insert, update, delete: remove } = target.rules;
    const table = target.relation.identity;
    if (!('never' in remove)) {
      whole.push({ target, command: 'DELETE', statement: `DELETE FROM ${table}` });
    }
    if (!('never' in update)) {
      const set = await context.remember(`neutral change ${table}`, async () => {
        return (await neutralChanges(context, target, update))[0] ?? '';
      });
      whole.push({ target, command: 'UPDATE', statement: `UPDATE ${table} SET ${set}` });
    }
    if (!('never' in insert)) {
      // The same row before and after, so that it is made before anything has changed.
      const statement = await context.remember(`a row of one's own ${table} ${asRuled(actor)}`, async () => {
        const candidates = await insertCandidates(context, target, insert, actor);
        const own = candidates.find(({ allowed }) => allowed);
        return own === undefined ? undefined : insertStatement(target, own.values);
      });
      if (statement !== undefined) added.push({ target, command: 'INSERT', statement });
    }
  }
  return [...(await endings(context, actor, whole, false)), ...(await endings(context, actor, added, true))];
}

function missesNamedRow({ catalog }: CheckContext, target: Target, outcome: StatementOutcome): boolean {
  if (outcome.kind !== 'constraint' || outcome.error.sqlstate !== '23503') return false;
  const { constraint } = outcome.error;
  const key = constraintsOf(catalog, target.relation.identity).find(
    ({ name, kind }) => kind === 'foreign key' && name === constraint,
  );
  const uuids = new Set(
    target.columns.filter(({ baseType }) => baseType === 'pg_catalog.uuid').map(({ name }) => name),
  );
  return key?.columns.some((column) => uuids.has(column)) === true;
}

/** How writes end, each undone. */
async function endings(
  context: CheckContext,
  actor: Actor,
  list: readonly Write[],
  triggers: boolean,
): Promise<readonly Glimpse[]> {
  return context.session.as(identityOf(context, actor, triggers), async () => {
    const found: Glimpse[] = [];
    for (const each of list) {
      const outcome = outcomeOf(await context.session.attempt(each.statement));
      const shown = describeOutcome(outcome);
      const missesNamed = missesNamedRow(context, each.target, outcome);
      found.push({ ...each, got: shown, shown, ...(missesNamed ? { missesNamed } : {}) });
    }
    return found;
  });
}

function statementOf(target: Target): string {
  return rowSetSql(target, '"row"', `${target.relation.identity} AS "row"`);
}
