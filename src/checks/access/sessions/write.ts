import type { Actor } from '../../../design/design.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { CheckContext, Sighting } from '../../check.ts';
import { blame } from '../blame.ts';
import { insertCandidates } from '../candidates.ts';
import { describeOutcome, isDenied, outcomeOf } from '../outcome.ts';
import { insertStatement } from '../statements.ts';
import { actorRelation, type Target } from '../target.ts';
import { neutralChanges } from '../update.ts';
import { inState, type Looker, reproduceState, type Seen } from './look.ts';

interface Trial {
  readonly command: 'INSERT' | 'UPDATE' | 'DELETE';
  readonly statement: string;
  /** How many rows it must touch; null: any number but none. */
  readonly rows: number;
}

/**
 * Writes in a state that counts as one actor: everything deleted and changed at once, which no SELECT policy has a say in, and rows
 * added. Triggers and foreign keys are off, so that they cannot hide a policy.
 */
export async function writeIn(
  context: CheckContext,
  targets: readonly Target[],
  looker: Looker,
): Promise<Seen> {
  const [actor] = looker.state.as;
  const role = context.design.request.role;
  const sightings: Sighting[] = [];
  const breaches: Breach[] = [];
  for (const target of targets) {
    const trials = await context.remember(
      `writes of a session ${target.relation.identity} ${actor.name}`,
      () => trialsOf(context, target, actor),
    );
    if (trials.length === 0) continue;
    const outcomes = await inState(
      context,
      looker,
      async () => {
        const ended = [];
        for (const { statement } of trials) ended.push(outcomeOf(await context.session.attempt(statement)));
        return ended;
      },
      false,
    );
    for (const [index, { command, statement, rows }] of trials.entries()) {
      const outcome = outcomes[index];
      if (outcome === undefined || outcome.kind === 'constraint') continue;
      const agrees = rows === 0 ? isDenied(outcome) : outcome.kind === 'done' && outcome.rows === rows;
      const expected = rows === 0 ? 'refused, or no row touched' : `${rows} rows touched`;
      const actual = describeOutcome(outcome);
      sightings.push({
        subject: target.relation.identity,
        actor: actor.name,
        command,
        way: looker.state.name,
        role,
        statement,
        expected,
        actual,
        agrees,
      });
      if (agrees) continue;
      breaches.push({
        says: `${command} on ${target.relation.identity} ends with ${actual} when ${looker.state.name}`,
        object: await blame(context.session, target, command, role),
        expected,
        actual,
        reproduce: reproduceState(context, looker, statement, expected),
      });
      if (context.stopAtFirstBreach) return { sightings, breaches };
    }
  }
  return { sightings, breaches };
}

async function trialsOf(context: CheckContext, target: Target, actor: Actor): Promise<readonly Trial[]> {
  const { rules, relation } = target;
  const { update, insert } = rules;
  const count = async (alias: string, where: string) => {
    const [row] = await context.session.query(
      `SELECT count(*)::int AS rows FROM ${relation.identity} AS ${alias}, ${actorRelation(context, actor)} WHERE (${where})`,
    );
    return Number(row?.rows);
  };
  const trials: Trial[] = [];
  if (!('never' in rules.delete)) {
    const rows = await count('"row"', rules.delete.where);
    trials.push({ command: 'DELETE', statement: `DELETE FROM ${relation.identity}`, rows });
  }
  if (!('never' in update)) {
    const rows = await count('"old"', update.where);
    const [set] = await neutralChanges(context, target, update);
    // A row that may be changed may not be changed to this: only where none may be does the number say something.
    if (rows === 0) {
      trials.push({ command: 'UPDATE', statement: `UPDATE ${relation.identity} SET ${set}`, rows });
    }
  }
  if (!('never' in insert)) {
    const candidates = await insertCandidates(context, target, insert, actor);
    const few = [
      candidates.find(({ allowed }) => allowed),
      ...candidates.filter(({ allowed }) => !allowed).slice(0, 2),
    ];
    for (const candidate of few.filter((each) => each !== undefined)) {
      const statement = insertStatement(target, candidate.values);
      trials.push({ command: 'INSERT', statement, rows: candidate.allowed ? 1 : 0 });
    }
  }
  return trials;
}
