import type { Command } from '../../catalog/catalog.ts';
import { triggersOf } from '../../catalog/index.ts';
import type { Actor } from '../../design/design.ts';
import type { Breach } from '../../evidence/model.ts';
import type { CheckContext, Sighting } from '../check.ts';
import { blame } from './blame.ts';
import type { Candidate } from './candidates.ts';
import { describeOutcome, isDenied, outcomeOf, type StatementOutcome } from './outcome.ts';
import { reproduceAs } from './reproduce.ts';
import { identityOf, type Target } from './target.ts';

/** How one command is tried, candidate by candidate. */
export interface WriteTrial {
  readonly command: Exclude<Command, 'SELECT'>;
  /** How it is tried, for the evidence; the command alone where that says all. */
  readonly way?: string;
  readonly says: string;
  readonly by: readonly string[];
  readonly statement: (candidate: Candidate) => string;
}

export interface WriteResult {
  readonly sightings: readonly Sighting[];
  readonly breaches: readonly Breach[];
  /** Classes that were put to a fair test: neither stopped by a constraint nor by something else. */
  readonly exercised: readonly string[];
  /** Those that went as the rule says with triggers and foreign keys on: for trying them in other ways. */
  readonly sound: readonly Candidate[];
}

/**
 * Tries each candidate as the actor, each undone. It is tried as an application would, with triggers and foreign keys;
 * when a constraint stops it, that says nothing about access, so it is tried again with triggers and foreign keys off,
 * where only privileges and policies can refuse.
 */
export async function tryWrites(
  context: CheckContext,
  target: Target,
  actor: Actor,
  trial: WriteTrial,
  candidates: readonly Candidate[],
): Promise<WriteResult> {
  const guards = guardFunctions(context, target);
  const tries = await runAll(context, actor, trial, candidates, true, guards);
  const stopped = candidates.filter((_, index) => tries[index]?.kind === 'constraint');
  const alone = stopped.length === 0 ? [] : await runAll(context, actor, trial, stopped, false, guards);
  const sightings: Sighting[] = [];
  const breaches: Breach[] = [];
  const exercised: string[] = [];
  const sound: Candidate[] = [];
  for (const [index, candidate] of candidates.entries()) {
    const whole = tries[index];
    if (whole === undefined) break;
    const retried = whole.kind === 'constraint';
    const outcome = retried ? (alone[stopped.indexOf(candidate)] ?? whole) : whole;
    const result = judgeWrite(candidate, outcome, retried, guards);
    if (result !== 'unfair') exercised.push(candidate.vector);
    if (result === 'agrees' && !retried) sound.push(candidate);
    const statement = trial.statement(candidate);
    const expected = candidate.allowed ? 'done' : 'refused, or no row touched';
    sightings.push({
      subject: target.relation.identity,
      actor: actor.name,
      command: trial.command,
      way: `${trial.way ?? trial.command}${retried ? ' without triggers and foreign keys' : ''}`,
      role: context.design.request.role,
      statement,
      expected,
      actual: result === 'unfair' ? `not a fair try: ${describeOutcome(outcome)}` : describeOutcome(outcome),
      agrees: result !== 'breach',
    });
    if (result !== 'breach') continue;
    breaches.push({
      says: breachSays(actor, target, trial, candidate, outcome),
      actor: actor.name,
      object: await blameWrite(context, target, trial, outcome),
      row: candidate.key.join(' / '),
      expected: `${expected}: ${trial.says}`,
      actual: describeOutcome(outcome),
      reproduce: reproduceAs(context, actor, statement, expected, !retried),
    });
    if (context.stopAtFirstBreach) break;
  }
  return { sightings, breaches, exercised, sound };
}

async function runAll(
  context: CheckContext,
  actor: Actor,
  trial: WriteTrial,
  candidates: readonly Candidate[],
  triggers: boolean,
  guards: ReadonlySet<string>,
): Promise<StatementOutcome[]> {
  return context.session.as(identityOf(context, actor, triggers), async () => {
    const outcomes: StatementOutcome[] = [];
    for (const candidate of candidates) {
      const outcome = outcomeOf(await context.session.attempt(trial.statement(candidate)));
      outcomes.push(outcome);
      if (context.stopAtFirstBreach && judgeWrite(candidate, outcome, !triggers, guards) === 'breach') break;
    }
    return outcomes;
  });
}

/** Whether a write ended as the rule says; `unfair` where something else than access decided. */
export function judgeWrite(
  candidate: Candidate,
  outcome: StatementOutcome,
  alone: boolean,
  guards: ReadonlySet<string>,
): 'agrees' | 'breach' | 'unfair' {
  if (outcome.kind === 'constraint') return 'unfair';
  if (candidate.allowed) return outcome.kind === 'done' ? 'agrees' : 'breach';
  // A trigger that the rules do not name refuses for reasons of its own: it is no denial of theirs.
  if (outcome.kind === 'guard' && !guards.has(outcome.guard)) return 'breach';
  if (isDenied(outcome)) return 'agrees';
  // Without triggers the guards are off too: what they would have refused proves nothing.
  return alone ? 'unfair' : 'breach';
}

/** Functions of the triggers that the rules name, as PL/pgSQL reports them: with and without the schema. */
export function guardFunctions(context: CheckContext, target: Target): ReadonlySet<string> {
  const named = target.rules.guards ?? [];
  return new Set(
    triggersOf(context.catalog, target.relation.identity)
      .filter((trigger) => named.includes(trigger.name))
      .map((trigger) => trigger.function.replace(/\([^()]*\)$/, ''))
      .flatMap((name) => [name, name.replace(/^(?:"(?:[^"]|"")*"|[^."]+)\./, '')]),
  );
}

function breachSays(
  actor: Actor,
  target: Target,
  trial: WriteTrial,
  candidate: Candidate,
  outcome: StatementOutcome,
): string {
  const verb = { INSERT: 'add', UPDATE: 'change', DELETE: 'delete' }[trial.command];
  const what = candidate.column === null ? '' : ` with ${candidate.column} = ${candidate.label}`;
  const row = `a row of ${target.relation.identity}${what}`;
  if (candidate.allowed) return `${actor.name} cannot ${verb} ${row}, which the rule allows`;
  return outcome.kind === 'done'
    ? `${actor.name} can ${verb} ${row}, which the rule forbids`
    : `${actor.name} gets an error that is no denial when it tries to ${verb} ${row}`;
}

/** What is to blame for a write that ended otherwise. */
export async function blameWrite(
  context: CheckContext,
  target: Target,
  trial: WriteTrial,
  outcome: StatementOutcome,
): Promise<string> {
  const role = context.design.request.role;
  if (outcome.kind === 'privilege') return `grants on ${target.relation.identity} to ${role}`;
  if (outcome.kind === 'guard') return `trigger function ${outcome.guard} on ${target.relation.identity}`;
  if (outcome.kind === 'other') return outcome.error.where?.split('\n')[0] ?? target.relation.identity;
  return blame(context.session, target, trial.command, role, trial.by);
}
