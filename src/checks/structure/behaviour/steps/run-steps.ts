import type { Session } from '../../../../cluster/session.ts';
import type { Breach } from '../../../../evidence/model.ts';
import type { CheckContext, Sighting } from '../../../check.ts';
import { oneLine } from '../../../one-line.ts';
import { describeEnding, describeExpect, meets } from './expectation.ts';
import { someone } from './identity.ts';
import { asScript, psqlLines } from './psql-script.ts';
import { runStep } from './run-step.ts';
import type { Step } from './step.ts';
import { interpolate, save, type Variables } from './variables.ts';

/** What steps are run with, and what they leave for later ones. */
export interface Play {
  readonly context: CheckContext;
  /** Inside a transaction. */
  readonly session: Session;
  /** The object that a breach names. */
  readonly names: string;
  readonly variables: Variables;
  /** Lines of the script that shows a breach; grows. */
  readonly script: string[];
}

/** Runs steps in order up to the first that does not end as it should; that is the breach. */
export async function* runSteps(
  play: Play,
  steps: readonly Step[],
  part = 'step',
): AsyncGenerator<Sighting, Breach | undefined, void> {
  const { context, session, names, variables, script } = play;
  for (const [index, step] of steps.entries()) {
    const expect = step.expect ?? 'done';
    const who = someone(context, step);
    const statement = interpolate(step.sql, variables);
    script.push(...psqlLines(step, expect, who, variables));
    const ending = await runStep(session, who, statement);
    const same =
      expect !== 'done' && 'same' in expect && ending.status === 'done'
        ? (await session.text(interpolate(expect.same, variables))).rows
        : [];
    const lacksRow = step.save !== undefined && ending.status === 'done' && ending.rows.length === 0;
    const agrees = meets(expect, ending, same) && !lacksRow;
    const expected = lacksRow ? `a row to keep as ${step.save}` : describeExpect(expect);
    const actual = lacksRow ? 'no row' : describeEnding(ending, expect, same);
    yield {
      subject: names,
      ...(step.as === undefined ? {} : { actor: step.as }),
      way: `${part} ${index + 1}`,
      ...(who.role === undefined ? {} : { role: who.role }),
      statement,
      expected,
      actual,
      agrees,
    };
    if (!agrees) {
      return {
        says: `${step.says ?? firstLine(step.sql)}: ${actual}, expected ${expected}`,
        ...(step.as === undefined ? {} : { actor: step.as }),
        object: names,
        expected,
        actual,
        reproduce: asScript(script),
      };
    }
    if (step.save !== undefined && ending.status === 'done') save(variables, step.save, ending);
  }
  return undefined;
}

export function firstLine(sql: string): string {
  return oneLine(sql.trim().split('\n')[0] ?? '');
}
