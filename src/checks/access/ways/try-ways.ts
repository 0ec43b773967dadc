import type { Attempt, Session } from '../../../cluster/session.ts';
import type { Actor } from '../../../design/design.ts';
import type { Breach } from '../../../evidence/model.ts';
import type { CheckContext, Sighting } from '../../check.ts';
import { describeOutcome, outcomeOf, type StatementOutcome } from '../outcome.ts';
import { reproduceAs } from '../reproduce.ts';
import { identityOf, type Target } from '../target.ts';
import { blameWrite, guardFunctions, judgeWrite, type WriteTrial } from '../try-writes.ts';
import type { WriteTry } from './write-way.ts';

/**
 * Tries writes in other forms of statement, each undone. Only candidates that went as the rule says in the plain form are tried
 * here: what goes otherwise now is the way's doing. A constraint says nothing about access; there is no second try.
 */
export async function tryWriteWays(
  context: CheckContext,
  target: Target,
  actor: Actor,
  trial: WriteTrial,
  tries: readonly WriteTry[],
): Promise<{ readonly sightings: readonly Sighting[]; readonly breaches: readonly Breach[] }> {
  if (tries.length === 0) return { sightings: [], breaches: [] };
  const { session } = context;
  const guards = guardFunctions(context, target);
  const sightings: Sighting[] = [];
  const wrong: { readonly tried: WriteTry; readonly outcome: StatementOutcome }[] = [];
  await session.as(identityOf(context, actor), async () => {
    for (const tried of tries) {
      const { way, candidate, allowed } = tried;
      const outcome = outcomeOf(await attemptWay(session, target, tried));
      const result = judgeWrite({ ...candidate, allowed }, outcome, false, guards);
      sightings.push({
        subject: target.relation.identity,
        actor: actor.name,
        command: trial.command,
        way: way.name,
        role: context.design.request.role,
        statement: scriptOf(target, tried),
        expected: expectation(allowed),
        actual:
          result === 'unfair' ? `not a fair try: ${describeOutcome(outcome)}` : describeOutcome(outcome),
        agrees: result !== 'breach',
      });
      if (result !== 'breach') continue;
      wrong.push({ tried, outcome });
      if (context.stopAtFirstBreach) break;
    }
  });
  const breaches: Breach[] = [];
  for (const { tried, outcome } of wrong) {
    breaches.push({
      says: breachSays(actor, target, trial, tried, outcome),
      actor: actor.name,
      object: await blameWrite(context, target, trial, outcome),
      row: tried.candidate.key.join(' / '),
      expected: `${expectation(tried.allowed)}: ${trial.says}`,
      actual: describeOutcome(outcome),
      reproduce: reproduceAs(context, actor, scriptOf(target, tried), expectation(tried.allowed)),
    });
  }
  return { sightings, breaches };
}

async function attemptWay(session: Session, target: Target, { way, candidate }: WriteTry): Promise<Attempt> {
  const statement = way.statement(target, candidate);
  const before = way.before?.(target, candidate) ?? [];
  if (before.length === 0) return session.attempt(statement);
  return session.undone(async () => {
    for (const each of before) {
      const attempt = await session.attempt(each, [], true);
      // A cursor that finds no row stands on none: there is nothing to write to.
      if (attempt.status === 'error' || (each.startsWith('FETCH') && attempt.count === 0)) return attempt;
    }
    return session.attempt(statement);
  });
}

function scriptOf(target: Target, { way, candidate }: WriteTry): string {
  return [...(way.before?.(target, candidate) ?? []), way.statement(target, candidate)].join('; ');
}

function expectation(allowed: boolean): string {
  return allowed ? 'done' : 'refused, or no row touched';
}

function breachSays(
  actor: Actor,
  target: Target,
  trial: WriteTrial,
  { way, allowed }: WriteTry,
  outcome: StatementOutcome,
): string {
  const verb = { INSERT: 'add', UPDATE: 'change', DELETE: 'delete' }[trial.command];
  const row = `a row of ${target.relation.identity} by ${way.name}`;
  if (allowed) return `${actor.name} cannot ${verb} ${row}, which the rule allows`;
  return outcome.kind === 'done'
    ? `${actor.name} can ${verb} ${row}, which the rule forbids`
    : `${actor.name} gets an error that is no denial when it tries to ${verb} ${row}`;
}
