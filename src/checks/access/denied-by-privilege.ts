import type { Column, Command, Relation } from '../../catalog/catalog.ts';
import type { Actor } from '../../design/design.ts';
import type { Breach } from '../../evidence/model.ts';
import type { CheckContext, Sighting } from '../check.ts';
import { describeOutcome, outcomeOf, type StatementOutcome } from './outcome.ts';
import { reproduceAs } from './reproduce.ts';
import { ident, identityOf, overriding, type Target } from './target.ts';

/** A statement that must fail with 42501 before any row is looked at. */
export interface Forbidden {
  /** What the statement names: the table, or a partition of it. */
  readonly relation: string;
  /** The table under check, where the evidence is looked for. */
  readonly subject: string;
  readonly command: Command;
  readonly way: string;
  readonly statement: string;
  /** What must not be possible, for the message: `read app.tasks_2026_11 directly`. */
  readonly says: string;
}

/** Tries each statement as the actor; gives what was seen and the breaches. */
export async function tryForbidden(
  context: CheckContext,
  actor: Actor,
  forbidden: readonly Forbidden[],
): Promise<{ readonly sightings: readonly Sighting[]; readonly breaches: readonly Breach[] }> {
  const sightings: Sighting[] = [];
  const breaches: Breach[] = [];
  const role = context.design.request.role;
  const expected = '42501 by privilege';
  await context.session.as(identityOf(context, actor), async () => {
    for (const one of forbidden) {
      const outcome = outcomeOf(await context.session.attempt(one.statement));
      const agrees = outcome.kind === 'privilege' || takesNoRows(outcome);
      sightings.push({
        subject: one.subject,
        actor: actor.name,
        command: one.command,
        way: one.way,
        role,
        statement: one.statement,
        expected,
        actual: describeOutcome(outcome),
        agrees,
      });
      if (agrees) continue;
      breaches.push({
        says: `${actor.name} can ${one.says}, which nobody may`,
        actor: actor.name,
        object: `grants on ${one.relation} to ${role}`,
        expected,
        actual: describeOutcome(outcome),
        reproduce: reproduceAs(context, actor, one.statement, expected),
      });
      if (context.stopAtFirstBreach) break;
    }
  });
  return { sightings, breaches };
}

/** A view over groups or joins says that it cannot be written to before it looks at privileges. */
function takesNoRows(outcome: StatementOutcome): boolean {
  return outcome.kind === 'other' && outcome.error.sqlstate === '55000';
}

/** Says what must not be possible with a table, or with a relation behind it, for one command. */
export function forbidding(target: Target, command: Command) {
  const subject = target.relation.identity;
  return (way: string, statement: string, says: string, relation = subject): Forbidden => ({
    relation,
    subject,
    command,
    way,
    statement,
    says,
  });
}

/** Partitions by name: whoever reaches one goes past the policies of its parent. */
export function pastParent(target: Target, command: Command, verb: string): readonly Forbidden[] {
  const forbid = forbidding(target, command);
  return target.partitions.map((partition) =>
    forbid(
      `partition ${partition.identity} by name`,
      barest(command, partition, target.stored),
      `${verb} ${partition.identity} past its parent`,
      partition.identity,
    ),
  );
}

/**
 * One statement of a command that needs nothing but the privilege on the relation to get past the first test. It gives no
 * defaults, but to an identity column, which takes nothing else: a default may need a sequence, whose own privilege would
 * hide that of the table.
 */
export function barest(command: Command, relation: Relation, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => ident(name));
  switch (command) {
    case 'SELECT':
      // No column at all: the privilege on any one of them is enough to get past it.
      return `SELECT FROM ${relation.identity} LIMIT 1`;
    case 'INSERT':
      return `INSERT INTO ${relation.identity} (${names.join(', ')})${overriding(columns)} VALUES (${names.map(() => 'NULL').join(', ')})`;
    case 'UPDATE':
      return `UPDATE ${relation.identity} SET ${names[0] ?? ''} = ${columns[0]?.identity === true ? 'DEFAULT' : 'NULL'}`;
    case 'DELETE':
      return `DELETE FROM ${relation.identity}`;
  }
}
