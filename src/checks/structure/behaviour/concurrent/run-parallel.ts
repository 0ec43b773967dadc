import type { Breach } from '../../../../evidence/model.ts';
import type { Sighting } from '../../../check.ts';
import { describeEnding, describeExpect, type Ending, meets } from '../steps/expectation.ts';
import { someone } from '../steps/identity.ts';
import { firstLine, type Play } from '../steps/run-steps.ts';
import type { Parallel } from '../steps/step.ts';
import { interpolate } from '../steps/variables.ts';
import { Participants } from './participants.ts';

/** Runs the same statements in many sessions at once; the breach is the first that does not end as it should. */
export async function* runParallel(
  play: Play,
  parallel: Parallel,
): AsyncGenerator<Sighting, Breach | undefined, void> {
  const expect = parallel.expect ?? 'done';
  const who = someone(play.context, parallel);
  const names = Array.from({ length: parallel.sessions }, (_, index) => String(index + 1));
  const participants = await Participants.connect(play.context, new Map(names.map((name) => [name, who])));
  play.script.push(
    `-- in ${parallel.sessions} sessions at once, ${parallel.times} times each`,
    parallel.each,
  );
  let endings: readonly Ending[];
  try {
    // Every session must have ended before the first failure is thrown: none may be left with a query in flight.
    const results = await Promise.allSettled(names.map((name) => turns(play, participants, parallel, name)));
    endings = results.flatMap((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  } finally {
    await participants.leave();
  }
  const same =
    expect !== 'done' && 'same' in expect
      ? (await play.session.text(interpolate(expect.same, play.variables))).rows
      : [];
  const wrong = endings.filter(
    (ending) => !meets(expect, ending, same) && !mayBe(ending, parallel.may ?? []),
  );
  const expected = describeExpect(expect);
  const [first] = wrong;
  const actual =
    first === undefined
      ? expected
      : `${wrong.length} of ${endings.length} otherwise, the first: ${describeEnding(first, expect, same)}`;
  yield {
    subject: play.names,
    way: `${parallel.sessions} sessions at once`,
    ...(who.role === undefined ? {} : { role: who.role }),
    statement: parallel.each,
    expected,
    actual,
    agrees: first === undefined,
    tried: endings.length,
  };
  if (first === undefined) return undefined;
  return {
    says: `${firstLine(parallel.each)}: ${actual}, expected ${expected}`,
    object: play.names,
    expected,
    actual,
    reproduce: play.script.join('\n'),
  };
}

async function turns(
  play: Play,
  participants: Participants,
  { each, times }: Parallel,
  name: string,
): Promise<readonly Ending[]> {
  const endings: Ending[] = [];
  for (let time = 1; time <= times; time++) {
    const variables = new Map([
      ...play.variables,
      ['parallel.session', name] as const,
      ['parallel.time', String(time)] as const,
    ]);
    endings.push(await participants.start(name, interpolate(each, variables)).ending);
  }
  return endings;
}

function mayBe(ending: Ending, may: readonly string[]): boolean {
  return ending.status === 'error' && may.some((sqlstate) => ending.error.sqlstate.startsWith(sqlstate));
}
