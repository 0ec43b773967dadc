import { z } from 'zod';
import { FaultSpec } from '../../../faults/spec.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { runSteps } from './steps/run-steps.ts';
import { specFaults } from './steps/spec-faults.ts';
import { Step } from './steps/step.ts';
import { actorVariables } from './steps/variables.ts';

const parameters = z.strictObject({
  kind: z.string(),
  steps: z.array(Step).min(1),
  /** The object that every breach names: `trigger "x" on app.y`. */
  names: z.string().min(1),
  /** Its counterexamples. */
  without: z.array(FaultSpec).min(1),
});

/** What the database does, told as a story: statements in one transaction, each with how it must end. */
export const structureBehaviour = defineCheck({
  kind: 'structure.behaviour',
  family: 'structure',
  says: 'statements, one after the other, each end as they should',
  parameters,
  needs: ['superuser'],
  tables: () => [],
  run: runBehaviour,
  faults: (_, { without }) => specFaults(without),
});

async function* runBehaviour(
  context: CheckContext,
  { steps, names }: z.infer<typeof parameters>,
): AsyncGenerator<Sighting, Judgement, void> {
  const variables = actorVariables(context.actors);
  const breach = yield* runSteps({ context, session: context.session, names, variables, script: [] }, steps);
  return judge(breach === undefined ? [] : [breach], []);
}
