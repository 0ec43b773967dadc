import type { Column, Command, Relation } from '../../catalog/catalog.ts';
import type { Actor } from '../../design/design.ts';
import type { Breach } from '../../evidence/model.ts';
import type { CheckContext, Sighting } from '../check.ts';
import { describeOutcome, outcomeOf } from './outcome.ts';
import { reproduceAs } from './reproduce.ts';
import { ident, identityOf } from './target.ts';

/** A statement that must fail with 42501 before any row is looked at. */
export interface Forbidden {
  readonly relation: string;
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
      const agrees = outcome.kind === 'privilege';
      sightings.push({
        subject: one.relation,
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

/** One statement of a command that needs nothing but the privilege on the relation to get past the first test. */
export function barest(command: Command, relation: Relation, columns: readonly Column[]): string {
  const names = columns.map(({ name }) => ident(name));
  switch (command) {
    case 'SELECT':
      return `SELECT ${names[0] ?? '1'} FROM ${relation.identity} LIMIT 1`;
    case 'INSERT':
      // Not DEFAULT VALUES: a default may need a sequence, whose own privilege would hide that of the table.
      return `INSERT INTO ${relation.identity} (${names.join(', ')}) VALUES (${names.map(() => 'NULL').join(', ')})`;
    case 'UPDATE':
      return `UPDATE ${relation.identity} SET ${names[0] ?? ''} = DEFAULT`;
    case 'DELETE':
      return `DELETE FROM ${relation.identity}`;
  }
}
