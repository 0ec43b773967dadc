import { type BlindWrite, blindWrite } from '../../src/checks/access/blind-write.ts';
import { barest, forbidding, tryForbidden } from '../../src/checks/access/denied-by-privilege.ts';
import { Exercise } from '../../src/checks/access/exercise.ts';
import { expectedRows } from '../../src/checks/access/expected-rows.ts';
import { rowSetOf, rowSetSql, sameRows } from '../../src/checks/access/row-set.ts';
import { identityOf, type Target, targetOf } from '../../src/checks/access/target.ts';
import { neutralChanges } from '../../src/checks/access/update.ts';
import type { CheckContext } from '../../src/checks/check.ts';
import type { Actor } from '../../src/design/design.ts';
import type { Assertion, Command } from './assertions.ts';

/** The same assertions by the trials of the access checks: how many do not hold. */
export async function assertAll(context: CheckContext, assertions: readonly Assertion[]): Promise<number> {
  const changes = new Map<string, BlindWrite>();
  let failed = 0;
  for (const { table, command, actor } of assertions) {
    const target = targetOf(context, table);
    if (!(await holds(context, target, command, actor, changes))) failed++;
  }
  return failed;
}

async function holds(
  context: CheckContext,
  target: Target,
  command: Command,
  actor: Actor,
  writes: Map<string, BlindWrite>,
): Promise<boolean> {
  const { select, update, delete: remove } = target.rules;
  const rule = { SELECT: select, UPDATE: update, DELETE: remove }[command];
  if ('never' in rule || 'never' in select) {
    const statement = barest(command, target.relation, target.stored);
    const { breaches } = await tryForbidden(context, actor, [
      forbidding(target, command)(command, statement, command),
    ]);
    return breaches.length === 0;
  }
  if (command === 'SELECT') {
    const { session } = context;
    const expected = await expectedRows(context, target, select, actor);
    const statement = rowSetSql(target, '"row"', `${target.relation.identity} AS "row"`);
    const attempt = await session.as(identityOf(context, actor), () => session.attempt(statement));
    return attempt.status === 'done' && sameRows(expected.rows, rowSetOf(attempt.rows[0]));
  }
  const { identity } = target.relation;
  const known = `${command} ${identity}`;
  const { says, by = [], where } = rule;
  const write = writes.get(known) ?? {
    command,
    statements:
      command === 'DELETE' || 'never' in update
        ? [`DELETE FROM ${identity}`]
        : (await neutralChanges(context, target, update)).map((set) => `UPDATE ${identity} SET ${set}`),
    says,
    by,
    where,
    alias: command === 'DELETE' ? '"row"' : '"old"',
  };
  writes.set(known, write);
  const { breaches } = await blindWrite(context, target, actor, write, new Exercise([]));
  return breaches.length === 0;
}
