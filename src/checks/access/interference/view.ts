import type { Actor } from '../../../design/design.ts';
import type { CheckContext } from '../../check.ts';
import { describeOutcome, outcomeOf } from '../outcome.ts';
import { describeRows, rowSetOf, rowSetSql } from '../row-set.ts';
import { identityOf, type Target } from '../target.ts';
import { neutralChanges } from '../update.ts';

/** What an actor gets by one statement: rows with their hash, or how many it touched, or the error. */
export interface Glimpse {
  readonly target: Target;
  readonly command: 'SELECT' | 'UPDATE' | 'DELETE';
  readonly statement: string;
  readonly got: string;
  readonly shown: string;
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

/** What changing and deleting everything does. */
export async function writes(
  context: CheckContext,
  targets: readonly Target[],
  actor: Actor,
): Promise<readonly Glimpse[]> {
  const statements: Omit<Glimpse, 'got' | 'shown'>[] = [];
  for (const target of targets) {
    const { update, delete: remove } = target.rules;
    const table = target.relation.identity;
    if (!('never' in remove))
      statements.push({ target, command: 'DELETE', statement: `DELETE FROM ${table}` });
    if ('never' in update) continue;
    const set = await context.remember(`neutral change ${table}`, async () => {
      return (await neutralChanges(context, target, update))[0] ?? '';
    });
    statements.push({ target, command: 'UPDATE', statement: `UPDATE ${table} SET ${set}` });
  }
  return context.session.as(identityOf(context, actor, false), async () => {
    const found: Glimpse[] = [];
    for (const each of statements) {
      const shown = describeOutcome(outcomeOf(await context.session.attempt(each.statement)));
      found.push({ ...each, got: shown, shown });
    }
    return found;
  });
}

function statementOf(target: Target): string {
  return rowSetSql(target, '"row"', `${target.relation.identity} AS "row"`);
}
