import type { Breach } from '../../../evidence/model.ts';
import { faults } from '../../../faults/index.ts';
import { judge } from '../../access/table-check.ts';
import { type CheckContext, defineCheck, type Judgement, type Sighting } from '../../check.ts';
import { describeEnding } from '../behaviour/steps/expectation.ts';
import { someone } from '../behaviour/steps/identity.ts';
import { asScript } from '../behaviour/steps/psql-script.ts';
import { runStep } from '../behaviour/steps/run-step.ts';
import { specFaults } from '../behaviour/steps/spec-faults.ts';
import { actorVariables } from '../behaviour/steps/variables.ts';
import { compare, inventory } from './retention/compare.ts';
import { type Parameters, parameters } from './retention/parameters.ts';
import { prepare } from './retention/prepare.ts';

/** Retention takes whole partitions, by their bounds, and nothing that merely looks like one. */
export const structureRetention = defineCheck({
  kind: 'structure.retention',
  family: 'structure',
  says: 'retention drops every partition that is wholly too old, and no other relation',
  parameters,
  needs: ['superuser', 'scratch-database'],
  tables: ({ table }) => [table],
  run: runRetention,
  faults: (_, { table, function: drops, without = [] }) => [
    ...(drops === undefined
      ? []
      : [faults['function-emptied'](drops), faults['drops-by-name'](drops, table)]),
    ...specFaults(without),
  ],
});

async function* runRetention(
  context: CheckContext,
  given: Parameters,
): AsyncGenerator<Sighting, Judgement, void> {
  const { table, keep, call, role } = given;
  const { session } = context;
  const prepared = await prepare(session, given, actorVariables(context.actors));
  const before = await inventory(session, prepared);
  const ending = await runStep(session, someone(context, { role }), call);
  const reproduce = asScript([
    ...prepared.script,
    `${call}; -- expected: only what is older than ${keep} goes`,
  ]);
  const called = describeEnding(ending, 'done');
  yield {
    subject: table,
    way: 'retention applied',
    ...(role === undefined ? {} : { role }),
    statement: call,
    expected: 'done',
    actual: called,
    agrees: ending.status === 'done',
  };
  if (ending.status === 'error') {
    const says = `retention of ${table} fails: ${called}`;
    const object = given.function === undefined ? `retention of ${table}` : `function ${given.function}`;
    return judge([{ says, object, expected: 'done', actual: called, reproduce }], []);
  }
  const breaches: Breach[] = [];
  for (const { object, says, expected, actual } of await compare(session, given, prepared, before)) {
    const agrees = expected === actual;
    yield { subject: object, way: 'before and after', statement: call, expected, actual, agrees };
    if (!agrees) breaches.push({ says, object, expected, actual, reproduce });
  }
  return judge(breaches, []);
}
