import type { Actor } from '../../../design/design.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { CheckContext, Sighting } from '../../check.ts';
import { expectedRows } from '../expected-rows.ts';
import { describeOutcome, outcomeOf } from '../outcome.ts';
import { describeRows, rowSetOf, rowSetSql, sameRows } from '../row-set.ts';
import { identityOf, type Target } from '../target.ts';
import type { Seen } from './look.ts';

/**
 * Statements that another actor prepared on this connection, run again as nobody: a plan that was made with that actor's identity in
 * it, by a function that is declared IMMUTABLE and is not, goes on giving that actor's rows.
 */
export async function tryPrepared(
  context: CheckContext,
  targets: readonly Target[],
  by: Actor,
  nobody: Actor,
): Promise<Seen> {
  const { session } = context;
  const sightings: Sighting[] = [];
  const breaches: Breach[] = [];
  for (const target of targets) {
    const rule = target.rules.select;
    if ('never' in rule) continue;
    const table = target.relation.identity;
    const expected = (await expectedRows(context, target, rule, nobody)).rows;
    const statement = `PREPARE "pgattest" AS ${rowSetSql(target, '"row"', `${table} AS "row"`)}`;
    const generic = (actor: Actor) => {
      const identity = identityOf(context, actor);
      return { ...identity, settings: { ...identity.settings, plan_cache_mode: 'force_generic_plan' } };
    };
    const prepared = await session.as(generic(by), async () => {
      const made = await session.attempt(statement, [], true);
      return made.status === 'error' ? made : session.attempt('EXECUTE "pgattest"');
    });
    const again = await session.as(generic(nobody), () => session.attempt('EXECUTE "pgattest"'));
    // Prepared statements outlive a savepoint.
    await session.attempt('DEALLOCATE "pgattest"');
    if (prepared.status === 'error') continue;
    const got = again.status === 'done' ? rowSetOf(again.rows[0]) : undefined;
    const agrees = got !== undefined && sameRows(expected, got);
    const actual = got === undefined ? describeOutcome(outcomeOf(again)) : describeRows(got);
    const way = `prepared by ${by.name}, run as ${nobody.name}`;
    const role = context.design.request.role;
    const wanted = describeRows(expected);
    sightings.push({
      subject: table,
      actor: nobody.name,
      command: 'SELECT',
      way,
      role,
      statement,
      expected: wanted,
      actual,
      agrees,
    });
    if (agrees) continue;
    breaches.push({
      says: `${table} gives ${actual} by a statement that ${by.name} prepared and ${nobody.name} runs`,
      object: `functions in the policies of ${table}: declared IMMUTABLE, and they are not`,
      expected: wanted,
      actual,
    });
    if (context.stopAtFirstBreach) break;
  }
  return { sightings, breaches };
}
