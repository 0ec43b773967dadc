import pg from 'pg';
import { z } from 'zod';
import type { Breach } from '../../../evidence/model.ts';
import { FaultSpec } from '../../../faults/spec.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { runParallel } from './concurrent/run-parallel.ts';
import { runScript } from './concurrent/run-script.ts';
import { type Play, runSteps } from './steps/run-steps.ts';
import { specFaults } from './steps/spec-faults.ts';
import { Parallel, Participant, ScriptStep, Step } from './steps/step.ts';
import { actorVariables } from './steps/variables.ts';

const parameters = z
  .strictObject({
    kind: z.string(),
    /** Committed before the sessions begin. */
    setup: z.array(Step).optional(),
    /** Who they are; one that is not named here is the superuser's. */
    sessions: z.record(z.string().min(1), Participant).optional(),
    script: z.array(ScriptStep).min(1).optional(),
    parallel: Parallel.optional(),
    /** Once all sessions have ended; undone. */
    after: z.array(Step).optional(),
    names: z.string().min(1),
    without: z.array(FaultSpec).min(1),
    /** How often all of it is done, for races that chance decides. */
    repeat: z.int().positive().optional(),
  })
  .refine(({ script, parallel }) => (script === undefined) !== (parallel === undefined), {
    message: 'needs either a script or parallel',
  });
type Parameters = z.infer<typeof parameters>;

/** What several sessions do to one another, in a copy of the database. */
export const structureConcurrent = defineCheck({
  kind: 'structure.concurrent',
  family: 'structure',
  says: 'sessions side by side wait for one another, and end, as they should',
  parameters,
  needs: ['superuser', 'scratch-database'],
  isolation: 'database',
  tables: () => [],
  run: runConcurrent,
  faults: (_, { without }) => specFaults(without),
});

async function* runConcurrent(
  context: CheckContext,
  given: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  for (let time = 1; time <= (given.repeat ?? 1); time++) {
    const breach = yield* once(context, given);
    if (breach !== undefined) return judge([breach], []);
  }
  return judge([], []);
}

async function* once(
  context: CheckContext,
  { setup = [], sessions = {}, script, parallel, after = [], names }: Parameters,
): AsyncGenerator<Sighting, Breach | undefined, void> {
  const play: Play = {
    context,
    session: context.session,
    names,
    variables: actorVariables(context.actors),
    script: [],
  };
  return (
    (yield* inTransaction(play, setup, 'setup', true)) ??
    (script === undefined ? undefined : yield* runScript(play, sessions, script)) ??
    (parallel === undefined ? undefined : yield* runParallel(play, parallel)) ??
    (yield* inTransaction(play, after, 'after', false))
  );
}

async function* inTransaction(
  play: Play,
  steps: readonly Step[],
  part: string,
  stays: boolean,
): AsyncGenerator<Sighting, Breach | undefined, void> {
  if (steps.length === 0) return undefined;
  await play.session.script('BEGIN');
  try {
    const breach = yield* runSteps(play, steps, part);
    if (breach === undefined && stays) await play.session.script('COMMIT');
    return breach;
  } catch (error) {
    // What is deferred fails at the end.
    if (!(error instanceof pg.DatabaseError) || !error.code?.startsWith('23')) throw error;
    const actual = `${error.code}: ${error.message}`;
    return {
      says: `${part} cannot be committed: ${actual}`,
      object: play.names,
      expected: 'committed',
      actual,
    };
  } finally {
    // After a COMMIT it does nothing.
    await play.session.script('ROLLBACK');
  }
}
